"""How cards look in Slack. Values in, messages out; the ids of all buttons live here."""

import secrets
from collections.abc import Sequence
from functools import lru_cache

from bot.commands.router import COMMAND, Place
from bot.slack.block_kit import (
    Block,
    Message,
    actions,
    button,
    checkbox,
    divider,
    header,
    message,
    named,
    section,
    small,
)
from bot.slack.limits import fitting
from bot.slack.text import escaped, quote
from bot.tactics.model import Audience, Card, Moment, Tension
from bot.tactics.service import CHOICE, Answer, AnswerRef

PEEK = "tactics.peek."  # a card from another feature's message, shown to whoever presses alone; a number follows
OPEN = "tactics.open"
CHOOSE = "tactics.choose"
NONE_OF_THESE = "tactics.none_of_these"
ALL_MOMENTS = "tactics.all_moments"
BACK = "tactics.back"
WHOLE = "tactics.whole"
SHARE = "tactics.share"
TAKE_BACK = "tactics.take_back"
HELPED = "tactics.helped"
DID_NOT_HELP = "tactics.did_not_help"
LEND_WORDS = "tactics.lend_words"
REMIND_ME = "tactics.remind_me"  # answered by the follow-ups
ESCALATE = "tactics.escalate"  # answered by the escalations
MOMENT = "tactics.moment."  # the moment's id follows: action ids in one row must differ
TACTICS_FOR_THIS = "tactics_for_this"  # the shortcut's callback_id in manifest.json

_PAGES = "page the manager about this customer"
_LONGEST_ECHO = 150
_LENT = (
    "Thank you. Your words and *{name}* are kept in the bot's database as an example, without your name. Nobody sees "
    "them in Slack; only whoever runs the bot can read them. To take them back, untick the box."
)
_TAKEN_BACK = "Your words are no longer kept as an example."
_WHOM = {Audience.REP: "For the rep", Audience.MANAGER: "For the manager", Audience.BOTH: "For rep and manager"}


def answer_message(answer: Answer, place: Place, usage: str | None = None, *, whole: bool = False) -> Message:
    """
    The cards for a situation: one of them open, or closed ones to choose from; or, where none fits, the moments.

    *usage* is how the subcommand is written which the text resembles. *whole* shows all of the open card.
    """
    above = _above(answer.situation, place, usage)
    if answer.shown is None:
        return _which(answer, above) if answer.others else _nothing_fits(answer, above)
    shown, others = answer.shown, answer.others
    part = _whole_part(shown) if whole else _card_part(shown, _tension_to_show(shown, others))
    below: list[Block] = []
    if answer.why and not whole:
        below.append(small(f"Because of: {_reason(answer.why, shown)}"))
    below.append(_card_buttons(shown, answer.handle, place, whole=whole))
    if others:
        below += [divider(), *(_closed_card(card, answer.handle) for card in others)]
    below += _way_back(answer.handle)
    rest = f" Also: {' · '.join(escaped(card.name) for card in others)}." if others else ""
    return message(f"{_titled(shown)}{rest}", [*above, *part, *below])


def chosen_message(answer: Answer, place: Place, *, kept: bool) -> Message:
    """The card that somebody chose of several, and what becomes of the choice."""
    drawn = answer_message(answer, place)
    if not kept:
        return drawn
    return message(drawn.text, [*drawn.blocks, small("Your choice counts as a 👍 for this card. 👎 changes that.")])


def noted_message(answer: Answer, place: Place, *, helped: bool, may_lend: bool, lent: bool = False) -> Message:
    """After a thumb: that it was noted, with *may_lend* the box to tick; below the card where one person sees it."""
    if answer.shown is None:
        raise ValueError("a thumb stands for an open card")
    verdict = "helped" if helped else "did not help"
    thanks: list[Block] = [section(f"Noted: *{escaped(answer.shown.name)}* {verdict}. Thank you.")]
    if may_lend:
        thanks.append(_lend_words(answer.handle, lent=lent))
    text = f"Noted: {escaped(answer.shown.name)} {verdict}."
    if place is Place.CHANNEL:
        return message(text, thanks)
    # a card that stands alone was mostly asked for by its name, and shown whole
    whole = answer.handle.cards == (answer.shown.id,)
    drawn = card_message(answer.shown, answer.handle, place) if whole else answer_message(answer, place)
    return message(text, [*drawn.blocks, *thanks])


def lent_message(card: Card, *, lent: bool) -> Message:
    """After the box was ticked or emptied: where the words went, and how to take them back."""
    text = _LENT.format(name=escaped(card.name)) if lent else _TAKEN_BACK
    return message(text, [small(text)])


def menu_message(moments: Sequence[Moment]) -> Message:
    """The moments as buttons."""
    lead = "What is going on?"
    return message(
        f"{lead} {', '.join(escaped(moment.name) for moment in moments)}.",
        [
            section(f"*{lead}*"),
            _moment_buttons(moments),
            small(f"Or type what is happening: `{COMMAND} he will cancel if this isn't fixed today`"),
        ],
    )


def all_cards_message(listed: Sequence[tuple[Moment, Sequence[Card]]]) -> Message:
    """The names of all cards, by moment, and the moments as buttons."""
    lines = [f"*{escaped(moment.name)}*: {', '.join(escaped(card.name) for card in cards)}" for moment, cards in listed]
    count = sum(len(cards) for _, cards in listed)
    lead = f"All {count} cards. A moment opens its own; `{COMMAND} card NAME` shows one."
    return message(
        lead, [section(lead), _moment_buttons([one for one, _ in listed]), *(section(line) for line in lines)]
    )


def moment_message(moment: Moment, cards: Sequence[Card], handle: AnswerRef) -> Message:
    """The cards of one moment, one line each."""
    listed = [_closed_card(card, handle) for card in cards]
    return message(
        f"{escaped(moment.name)}: {', '.join(escaped(card.name) for card in cards)}.",
        [section(f"*{escaped(moment.name)}*"), *listed, actions(_all_moments())],
    )


def card_message(card: Card, handle: AnswerRef, place: Place) -> Message:
    """One card with all that stands on it."""
    return message(_titled(card), [*_whole_part(card), _card_buttons(card, handle, place, whole=None)])


def peeked_message(card: Card, handle: AnswerRef) -> Message:
    """A card that was opened from a case: it is escalated already."""
    tension = card.tensions[0] if card.tensions else None
    return message(
        _titled(card), [*_card_part(card, tension), _card_buttons(card, handle, Place.PRIVATE, escalate=False)]
    )


def shared_message(card: Card, user_id: str) -> Message:
    """A card for the channel: none of the private words of whoever shares it."""
    part = _card_part(card, card.tensions[0] if card.tensions else None)
    whole = actions(_whole(card, AnswerRef(secrets.token_urlsafe(9), (card.id,), card.id)))
    return message(_titled(card), [*part, whole, small(f"Shared by <@{user_id}>")])


def receipt_message(card: Card, channel: str, ts: str | None) -> Message:
    """For whoever shared a card: that the channel has it; with the *ts* of the message, how to take it back."""
    name = escaped(card.name)
    said = f"Shared *{name}* with <#{channel}>, without your words."
    take_back = button("Take back", TAKE_BACK, f"{channel} {ts}", accessible=named("Take back", card.name))
    text = f"Shared {name} with <#{channel}>, without your words."
    return message(text, [section(said), *([actions(take_back)] if ts else [])])


def card_to_read(card: Card) -> Message:
    """The whole card without buttons, where it is read and nothing else."""
    return message(_titled(card), _whole_part(card))


def no_such_card(typed: str, near: Sequence[Card], handle: AnswerRef) -> Message:
    """No card of that name; *near* are those whose names come near."""
    said = f"There is no card “{quote(typed, 60)}”."
    if not near:
        return message(
            "There is no card of that name.", [section(f"{said} `{COMMAND}` alone shows them all, by moment.")]
        )
    listed = [_closed_card(card, handle) for card in near]
    return message(
        f"There is no card of that name. Did you mean: {', '.join(escaped(card.name) for card in near)}?",
        [section(f"{said} Did you mean:"), *listed],
    )


def _above(situation: str, place: Place, usage: str | None) -> list[Block]:
    lines: list[Block] = []
    if usage is not None:
        lines.append(small(f"Did you mean `{COMMAND} {usage}`?"))
    if situation and place is Place.PRIVATE:  # elsewhere the words stand right above the answer
        lines.append(small(f"“{quote(situation, _LONGEST_ECHO)}”"))
    return lines


def _reason(why: Sequence[str], card: Card) -> str:
    like = len(why) == 1 and why[0] in card.examples
    return f"it is like “{quote(why[0])}”" if like else quote(", ".join(why))


def _which(answer: Answer, above: list[Block]) -> Message:
    """Several cards may be the one: the person says which."""
    lead = "Which of these is it?"
    names = " · ".join(escaped(card.name) for card in answer.others)
    choices = [_choice(card, answer.handle) for card in answer.others]
    none = actions(button("None of these", NONE_OF_THESE, answer.handle.encode()))
    return message(f"{lead} {names}", [*above, section(f"*{lead}*"), *choices, none])


def _way_back(handle: AnswerRef) -> list[Block]:
    """From an opened card to what it was opened from."""
    back = button("Back", BACK, handle.encode(), accessible="Back: to the cards that this one was chosen from")
    if handle.origin == CHOICE:
        return [actions(back)]
    if handle.origin:
        return [actions(back, _all_moments())]
    return [actions(back)] if handle.shown != next(iter(handle.cards), handle.shown) else []


def _all_moments() -> Block:
    return button("All moments", ALL_MOMENTS, "all", accessible="All moments: of a difficult deal")


def _nothing_fits(answer: Answer, above: list[Block]) -> Message:
    lead = "No good match. Pick what is going on:"
    return message(lead, [*above, section(lead), _moment_buttons(answer.moments)])


@lru_cache(maxsize=512)
def _card_part(card: Card, tension: Tension | None) -> tuple[Block, ...]:
    """The open card; drawn once for each card, since it is the largest part of nearly every answer."""
    return fitting([*_heading(card), *_say_and_avoid(card), *([_tension(tension)] if tension else [])])


def _whole_part(card: Card) -> list[Block]:
    steps = "\n".join(f"{at}. {escaped(step)}" for at, step in enumerate(card.do, 1))
    note = f"{escaped(card.note)}\n" if card.note else ""
    return [
        *_heading(card),
        section(f"*When*\n{_bullets(card.when)}"),
        section(f"*Not when*\n{_bullets(card.when_not)}"),
        section(f"*Do*\n{steps}"),
        *_say_and_avoid(card),
        *(_tension(tension) for tension in card.tensions),
        small(f"{note}{_WHOM[card.audience]} · `{COMMAND} card {escaped(card.id)}`"),
    ]


def _tension_to_show(card: Card, others: Sequence[Card]) -> Tension | None:
    """One line: that with a card which was found as well, or else the first."""
    found = {other.id for other in others}
    return next((t for t in card.tensions if t.card_id in found), card.tensions[0] if card.tensions else None)


def _titled(card: Card) -> str:
    """Name and essence for notifications."""
    return f"{escaped(card.name)}: {escaped(card.essence)}"


def _heading(card: Card) -> list[Block]:
    mark = [small(f"*{_WHOM[card.audience]}*")] if card.audience is Audience.MANAGER else []
    return [header(card.name), section(escaped(card.essence)), *mark]


def _say_and_avoid(card: Card) -> list[Block]:
    return [section(f"*Say*\n{_bullets(card.say)}"), section(f"*Avoid*\n{_bullets(card.avoid)}")]


def _tension(tension: Tension) -> Block:
    return small(f":left_right_arrow: Pulls against *{escaped(tension.name)}*: {escaped(tension.advice)}")


def _closed_card(card: Card, handle: AnswerRef) -> Block:
    opened = AnswerRef(handle.answer, handle.cards, card.id)
    label = button("Open", OPEN, opened.encode(), accessible=named("Open", card.name))
    return section(f"*{escaped(card.name)}*{_for_whom(card)}\n{escaped(card.essence)}", label)


def _choice(card: Card, handle: AnswerRef) -> Block:
    """A closed card with the first line to say: who is on the phone may need no more."""
    chosen = AnswerRef(handle.answer, handle.cards, card.id)
    label = button("This one", CHOOSE, chosen.encode(), accessible=named("This one", card.name))
    return section(f"*{escaped(card.name)}*{_for_whom(card)}\n{escaped(card.essence)}\n> {escaped(card.say[0])}", label)


def _for_whom(card: Card) -> str:
    return " · for the manager" if card.audience is Audience.MANAGER else ""


def _whole(card: Card, handle: AnswerRef) -> Block:
    return button("Whole card", WHOLE, handle.encode(), accessible=named("Whole card", card.name))


def _card_buttons(
    card: Card, handle: AnswerRef, place: Place, *, whole: bool | None = False, escalate: bool = True
) -> Block:
    """What can be done with the open card; *whole* says how much of it is shown, None where it is never shortened."""
    value, name = handle.encode(), card.name
    short = button("Short card", OPEN, value, accessible=named("Short card", name))
    share = [button("Share", SHARE, value, accessible=named("Share", f"{name}, with the channel"))]
    return actions(
        *([] if whole is None else [short] if whole else [_whole(card, handle)]),
        *(share if place is Place.PRIVATE else []),
        *([button("Escalate", ESCALATE, value, accessible=named("Escalate", _PAGES))] if escalate else []),
        button("Remind me", REMIND_ME, value, accessible=named("Remind me", "make a follow-up")),
        button("👍", HELPED, value, accessible=named("👍", f"{name} helped")),
        button("👎", DID_NOT_HELP, value, accessible=named("👎", f"{name} did not help")),
    )


def _lend_words(handle: AnswerRef, *, lent: bool) -> Block:
    box = checkbox("Use my words as an example", LEND_WORDS, "lend", ticked=lent)
    # the id must differ from that of the message it replaces, or Slack keeps the old state
    return actions(box, block_id=AnswerRef(handle.answer, (handle.shown, secrets.token_hex(4)), handle.shown).encode())


def _moment_buttons(moments: Sequence[Moment]) -> Block:
    return actions(*(button(moment.name, f"{MOMENT}{moment.id}", moment.id) for moment in moments))


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"• {escaped(line)}" for line in lines)

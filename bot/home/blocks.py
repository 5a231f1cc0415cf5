"""How the Home tab looks: values in, a view out. It has at most a hundred blocks."""

from collections.abc import Iterable
from typing import Any

from bot.commands.router import COMMAND
from bot.escalations.wording import reason, sentence_case, state_words
from bot.followups.buttons import ACCEPT, DECLINE, RESUME, SHOW, SNOOZE, done_button, follow_up_button
from bot.followups.days_off import country_name
from bot.followups.model import FollowUp, FollowUpState
from bot.followups.short_texts import due_words, promised_words, repeats_words, title_words
from bot.home.model import LISTED, CaseInHome, HomeGroup, HomeView
from bot.home.news import NEWS
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
from bot.slack.text import escaped, quote
from bot.tactics.model import Card, Moment

PAGE = "home.page."  # the first of the page follows
TAKE = "home.take"
MOMENT = "home.moment."  # the moment's id follows
CARD = "home.card."  # the card's id follows
MORNING = "home.morning"
HOLIDAYS = "home.holidays"
HOLIDAYS_WINDOW = "home.holidays_window"
CALENDAR = "home.calendar"
NEW_ADDRESS = "home.new_address"
END_ADDRESS = "home.end_address"
COUNTRY = "country"
_TITLE = 200
_MORNING_LINES = 8
_ALL_OF_IT = "All of it, with its buttons, is in my *Home* tab, where this list is switched off, too."
_SIGNS = {
    HomeGroup.LATE: ":red_circle:",
    HomeGroup.TODAY: ":large_orange_circle:",
    HomeGroup.PROMISED: ":handshake:",
    HomeGroup.LATER: ":large_blue_circle:",
    HomeGroup.PAUSED: ":mute:",
}


def home_view(view: HomeView) -> dict[str, Any]:
    """The whole tab, as `views.publish` takes it."""
    blocks = [
        *_lead(view),
        *_offers(view.offered),
        *_cases("Your cases", view.mine, ""),
        *_queue(view),
        *_follow_ups(view),
        *_moments(view.moments),
        *_choices(view),
        divider(),
        small("*New:* " + " · ".join(line.replace("**", "*") for line in NEWS)),
    ]
    return {"type": "home", "blocks": blocks}


def not_ours_view(text: str) -> dict[str, Any]:
    """For somebody of another organisation."""
    return {"type": "home", "blocks": [section(text)]}


def _lead(view: HomeView) -> list[Block]:
    local = view.now.astimezone(view.zone)
    counts = [f"{view.counts[one]} {one.value.lower()}" for one in HomeGroup if view.counts.get(one)]
    said = " · ".join(counts) or "Nothing is waiting for you."
    said = f"*Follow-ups:* {said}" if counts else said
    if view.needing:
        said = f"*Cases:* {view.needing} {'needs' if view.needing == 1 else 'need'} somebody\n{said}"
    blocks = [header(f"{local:%A} {local.day} {local:%B}"), section(said)]
    if view.record:
        blocks.append(small(f"Your promises so far: {view.record}"))
    return blocks


def _offers(offered: Iterable[FollowUp]) -> list[Block]:
    blocks = []
    for one in offered:
        by = f"<@{one.offer.by}> asks you to take it" if one.offer else ""
        blocks.append(section(f":raising_hand: {title_words(one, _TITLE)}\n{by} · due {due_words(one)} · {one.id}"))
        blocks.append(actions(follow_up_button("Accept", ACCEPT, one), follow_up_button("No, thanks", DECLINE, one)))
    return blocks


def _follow_ups(view: HomeView) -> list[Block]:
    blocks: list[Block] = [divider()] if view.mine or view.queue else []
    before: HomeGroup | None = None
    for group, one in view.follow_ups:
        if group is not before:
            blocks.append(section(f"{_SIGNS[group]} *{group.value}* ({view.counts[group]})"))
            before = group
        blocks += _row(one)
    if view.total > LISTED:
        blocks.append(_pages(view))
    if not view.total:
        blocks.append(small(f"`{COMMAND} follow-up Acme tomorrow 3pm send the three options` makes one."))
    return blocks


def _row(one: FollowUp) -> list[Block]:
    due = "paused" if one.paused_at else f"due {'since ' * (one.state is FollowUpState.DUE)}{due_words(one)}"
    where = "" if one.wanted.channel[0] in "D@" else f" · <#{one.wanted.channel}>"
    text = f"{title_words(one, _TITLE)}\n{due} · {promised_words(one)}{repeats_words(one)}{one.id}{where}"
    opened = follow_up_button("Open", SHOW, one)
    if one.paused_at is not None:
        return [section(text), actions(follow_up_button("Resume", RESUME, one), opened)]
    return [section(text), actions(done_button(one), follow_up_button("Snooze", SNOOZE, one), opened)]


def _pages(view: HomeView) -> Block:
    last = min(view.start + LISTED, view.total)
    buttons = []
    if view.start:
        start = max(0, view.start - LISTED)
        buttons.append(button("Earlier ones", f"{PAGE}{start}", str(start), accessible="Earlier ones: follow-ups"))
    if last < view.total:
        buttons.append(button("Later ones", f"{PAGE}{last}", str(last), accessible="Later ones: follow-ups"))
    here = f"{view.start + 1} to {last} of {view.total}"
    return {**actions(*buttons), "block_id": f"pages {here}"[:255]}


def _cases(title: str, cases: Iterable[CaseInHome], more: str) -> list[Block]:
    blocks: list[Block] = []
    for one in cases:
        case = one.case
        where = f" · <{one.link}|Open the thread>" if one.link else ""
        text = (
            f"*{quote(case.title)}*: {reason(case) or 'a card fitted'}\n"
            f"{sentence_case(state_words(case, one.pages))} · {case.id}{where}"
        )
        is_free = case.taken_by is None
        take = button("I have it", TAKE, case.handle, accessible=named("I have it", case.customer or case.id))
        blocks.append(section(text, take if is_free else None))
    if not blocks:
        return []
    return [divider(), section(f"*{title}*"), *blocks, *([small(more)] if more else [])]


def _queue(view: HomeView) -> list[Block]:
    if not view.is_manager:
        return []
    rest = view.queued - len(view.queue) - len(view.mine)
    more = f"and {rest} more: `{COMMAND} escalations`" if rest > 0 else ""
    blocks = _cases("The team's queue", view.queue, more)
    shown = " · ".join(f"{escaped(means)} {good} of {total}" for means, good, total in view.precision)
    return [*blocks, *([small(f"Pages that were needed: {shown}")] if shown else [])]


def _moments(moments: Iterable[Moment]) -> list[Block]:
    buttons = [button(one.name, f"{MOMENT}{one.id}", one.id) for one in moments]
    return [divider(), section("*What is the customer doing?*"), actions(*buttons)] if buttons else []


def _choices(view: HomeView) -> list[Block]:
    country = f"Holidays: {country_name(view.country)}" if view.country else "Holidays: none set"
    box = checkbox("Each morning, a list of the day", MORNING, "on", ticked=view.is_morning_on)
    buttons = [button(country, HOLIDAYS, "holidays", accessible=f"{country}: change the country")]
    if view.has_feed is not None:
        buttons.append(button("My calendar", CALENDAR, "calendar", accessible="My calendar: follow-ups as a feed"))
    return [divider(), actions(box, *buttons)]


def morning_message(view: HomeView) -> Message | None:
    """The day in one message; None where there is nothing to say."""
    groups = (HomeGroup.LATE, HomeGroup.TODAY, HomeGroup.PROMISED)
    theirs = [(group, one) for group, one in view.follow_ups if group in groups]
    if not any(group is not HomeGroup.PROMISED for group, _ in theirs) and not view.mine and not view.offered:
        return None
    local = view.now.astimezone(view.zone)
    counts = [f"{view.counts[one]} {one.value.lower()}" for one in groups if view.counts.get(one)]
    counts += [f"{len(view.mine)} case{'s' * (len(view.mine) != 1)}"] * bool(view.mine)
    lead = f"{local:%A} {local.day} {local:%B}: {', '.join(counts) or 'an offer for you'}"
    blocks = [section(f":sunny: *{lead}*")]
    for group in groups:
        lines = [f"• {title_words(one, 120)}, {due_words(one)} · {one.id}" for kind, one in theirs if kind is group]
        if lines:
            rest = f"\nand {len(lines) - _MORNING_LINES} more" if len(lines) > _MORNING_LINES else ""
            blocks.append(section(f"{_SIGNS[group]} *{group.value}*\n" + "\n".join(lines[:_MORNING_LINES]) + rest))
    cases = [f"• {quote(one.case.title)}: {state_words(one.case, one.pages)} · {one.case.id}" for one in view.mine]
    if cases:
        blocks.append(section(":rotating_light: *Your cases*\n" + "\n".join(cases)))
    offers = [f"• {title_words(one, 120)} · {one.id}" for one in view.offered]
    if offers:
        blocks.append(section(":raising_hand: *You are asked to take*\n" + "\n".join(offers)))
    return message(
        lead,
        [*blocks, small(_ALL_OF_IT)],
    )


def moment_message(moment: Moment, cards: Iterable[Card]) -> Message:
    """The cards of a moment, each to be opened."""
    rows = [
        section(
            f"*{escaped(card.name)}*\n{escaped(card.essence)}",
            button("Open", f"{CARD}{card.id}", card.id, accessible=named("Open", card.name)),
        )
        for card in cards
    ]
    return message(moment.name, [section(f"*{escaped(moment.name)}*"), *rows])


def calendar_message(address: str, *, has_feed: bool) -> Message:
    """Somebody's calendar address: made, new, or ended. *address* is shown this once, "" where none is made now."""
    lead = "Your follow-ups and promises in your own calendar"
    buttons = [button("New address" if has_feed else "Make an address", NEW_ADDRESS, "new", style="primary")]
    if has_feed:
        buttons.append(button("End it", END_ADDRESS, "end", style="danger"))
    if address:
        text = f"Subscribe to this address in your calendar program:\n```{address}```"
        notes = "It is shown this once, and whoever has it can read your follow-ups. A new one ends this one."
    elif has_feed:
        text = "You have an address. I keep no copy of it, so I cannot show it again."
        notes = "A new one ends it."
    else:
        text, notes = f"{lead}: a private address to subscribe to.", "Calendar programs look for news about each hour."
    return message(lead, [section(text), small(notes), actions(*buttons)])

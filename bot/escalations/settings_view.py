"""How the settings of escalations look: the fields of the window, what is in force, and what has changed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta

from bot.commands.router import COMMAND
from bot.escalations.detection.languages import READ
from bot.escalations.model import is_group, span
from bot.escalations.policy import Step
from bot.escalations.settings import InForce, Origin
from bot.quantities import as_typed, money
from bot.slack.block_kit import divider, section, small
from bot.slack.modals import Json, field, plain_text
from bot.slack.text import quote

CHANNELS, HOME, WHOSE, GROUPS, WAIT, HOURS, HIGH_VALUE = (
    *("channels", "home", "whose", "groups", "wait", "working_hours", "high_value"),
)
STEPS = ("step_1", "step_2", "step_3")
EVERYWHERE, HERE = "everywhere", "here"
LANGUAGES = (
    f"I read escalations in {READ[0]}, and in plain cases in {' and '.join(READ[1:])}. "
    f"Anything else: `{COMMAND} escalate`."
)
_FIELDS = ("Page first", "Page next, if nobody answers", "Page last, if nobody answers")
_STEPS = ("Page first", "Page next", "Page last")
_NOBODY_PAGED = ":warning: *Nobody would be paged*{}, however bad it is: nobody is chosen whom I can reach."
_BUT = " but in channels with people of their own"
_NOTHING_WATCHED = ":warning: *No channel is watched*, so I page only when somebody asks for it."
_EVERY_CHANNEL: Json = {"filter": {"include": ["public", "private"]}}


def warnings(now: InForce, *, pages_anybody: bool) -> list[str]:
    """What would surprise who relies on it, in mrkdwn; *pages_anybody*: the chain for all channels reaches somebody."""
    nobody = [] if pages_anybody else [_NOBODY_PAGED.format(_BUT if now.own else "")]
    return [*nobody, *([] if now.channels else [_NOTHING_WATCHED])]


def fields(now: InForce, channel: str, handles: Mapping[str, str]) -> list[Json]:
    """The fields, filled with what is in force; *channel* is where it was asked for, "" outside any."""
    names = _Names(handles)
    watched: Json = {"type": "multi_conversations_select", **_EVERY_CHANNEL}
    if now.channels:
        watched["initial_conversations"] = list(now.channels)
    home: Json = {"type": "conversations_select", **_EVERY_CHANNEL}
    if now.home:
        home["initial_conversation"] = now.home
    hint = f"I read every message there, and page when it is needed. {_from(now.origins['channels'])}"
    instead = "In place of channels that other organisations read, I write about their cases here."
    of_home = f"{instead} {_from(now.origins['home'])}"
    blocks = [
        field(CHANNELS, "Escalation channels", watched, optional=True, hint=hint),
        field(HOME, "Channel for cases from shared channels", home, optional=True, hint=of_home),
        divider(),
        *([_whose(now, channel)] if channel else []),
        *_people(now, channel, names),
    ]
    hint = f"How long I wait before I page the same people again, or the next. {_from(now.origins['wait'])}"
    blocks += [
        divider(),
        field(WAIT, "If nobody answers, ask again after", _text(span_shown(now.wait)), optional=True, hint=hint),
    ]
    hint = f"In the time zone of whoever is paged; urgent cases page at any hour. {_from(now.origins['working_hours'])}"
    blocks.append(field(HOURS, "Working hours", _text(str(now.hours)), optional=True, hint=hint))
    hint = f"The page says so when at least that much money is named. {_from(now.origins['high_value'])}"
    high = "" if now.high_value is None else money(now.high_value)
    blocks.append(field(HIGH_VALUE, "High value from", _text(high), optional=True, hint=hint))
    return blocks


def in_force_lines(now: InForce, handles: Mapping[str, str], shown: Collection[str], channel: str = "") -> list[str]:
    """What is in force in brief, in mrkdwn: of channels only those *shown*; with the own people of *channel*."""
    names = _Names(handles)
    hidden = len(set(now.channels) - set(shown))
    there = [f"<#{one}>" for one in now.channels if one in shown]
    there += [f"{hidden} more that you are not in"] if hidden else []
    lines = [f"*Escalation channels:* {', '.join(there) or 'none'}{_in_brackets(now.origins['channels'])}"]
    if now.home and now.home in shown:
        lines.append(f"*Cases from shared channels:* <#{now.home}>")
    everywhere = f"{names.chain(now.chain)}{_in_brackets(now.origins['chain'])}"
    if channel in now.own:
        lines.append(f"*Paged in <#{channel}>:* {names.chain(now.own[channel])}{_in_brackets(now.origins[channel])}")
    lines.append(f"*Paged{' elsewhere' if channel in now.own else ''}:* {everywhere}")
    others = [f"<#{one}>" for one in sorted(now.own) if one != channel and one in shown]
    if others:
        lines.append(f"*With people of their own:* {', '.join(others)}")
    return [
        *lines,
        f"*Ask again after:* {span_shown(now.wait)}{_in_brackets(now.origins['wait'])}",
        f"*Working hours:* {now.hours}{_in_brackets(now.origins['working_hours'])}",
        f"*High value from:* {_money(now)}{_in_brackets(now.origins['high_value'])}",
    ]


def change_lines(
    before: InForce, after: InForce, touched: Collection[str], channel: str, handles: Mapping[str, str]
) -> list[str]:
    """
    What a change of the fields *touched* came to, a line each, in mrkdwn; people are those of *channel*, "" for all.

    A field that was emptied and says the same as before is told, too: what gives it then cannot be changed here.
    """
    names = _Names(handles)
    where = f" in <#{channel}>" if channel else ""
    people = bool({WHOSE, *STEPS, GROUPS} & set(touched))
    rows: list[tuple[str, bool, str, Callable[[InForce], str]]] = [
        ("Escalation channels", CHANNELS in touched, "channels", lambda one: _channels(one.channels)),
        (
            "Cases from shared channels",
            HOME in touched,
            "home",
            lambda one: f"<#{one.home}>" if one.home else "nowhere",
        ),
        ("Ask again after", WAIT in touched, "wait", lambda one: span_shown(one.wait)),
        ("Working hours", HOURS in touched, "working_hours", lambda one: str(one.hours)),
        ("High value from", HIGH_VALUE in touched, "high_value", _money),
    ]
    lines = [
        line
        for label, is_touched, name, told in rows
        if is_touched
        and (line := _changed(label, told(before), told(after), before.origins[name], after.origins[name]))
    ]
    if people:
        lines[2:2] = _people_changed(before, after, channel, where, names)
    return lines


def span_shown(wait: timedelta) -> str:
    """*wait* in words that are read again as the same."""
    return span(wait) if wait % timedelta(seconds=1) == timedelta(0) else as_typed(wait)


class _Names:
    """How people and user groups are written: groups by handle, since naming one as Slack does calls all of them."""

    def __init__(self, handles: Mapping[str, str]) -> None:
        self._handles = {ident: handle for handle, ident in handles.items()}

    def typed(self, ident: str) -> str:
        """A group the way it is typed."""
        return f"@{self._handles.get(ident, ident)}"

    def step(self, who: Sequence[str], nobody: str = "nobody") -> str:
        """All that are paged at once."""
        return ", ".join(quote(self.typed(one)) if is_group(one) else f"<@{one}>" for one in who) or nobody

    def chain(self, steps: Sequence[Step]) -> str:
        """All of a chain."""
        return ", then ".join(self.step(step.who) for step in steps) or "nobody"


def _whose(now: InForce, channel: str) -> Json:
    others = len(now.own.keys() - {channel})
    but = f"Unless a channel has people of its own{f'; {others} {_have(others)}' if others else ''}"
    options = [
        {"text": plain_text("All channels"), "value": EVERYWHERE, "description": plain_text(but)},
        {
            "text": plain_text("Only this channel"),
            "value": HERE,
            "description": plain_text("The one in which you typed this command"),
        },
    ]
    whose: Json = {"type": "radio_buttons", "options": options, "initial_option": options[channel in now.own]}
    return field(WHOSE, "Which channels are the people below for?", whose)


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _people(now: InForce, channel: str, names: _Names) -> list[Json]:
    chain, origin = now.chain_of(channel), now.origin_of(channel)
    blocks = []
    for number, name in enumerate(STEPS):
        people: Json = {"type": "multi_users_select"}
        step = chain[number].who if number < len(chain) else ()
        if users := [one for one in step if not is_group(one)]:
            people["initial_users"] = users
        groups = " ".join(names.typed(one) for one in step if is_group(one)) if number else ""
        with_them = f"And {groups}, from elsewhere." if groups else ""
        hint = f"All of them at once; the first to answer has it. {_from(origin)}" if number == 0 else with_them
        blocks.append(field(name, _FIELDS[number], people, optional=True, hint=hint[:150]))
    if behind := chain[len(STEPS) :]:
        blocks.append(small(f"After these: {names.chain(behind)}, who can only be changed where they are from."))
    typed = " ".join(names.typed(one) for step in chain[:1] for one in step.who if is_group(one))
    hint = "Such as @sales-managers. Everybody in it is paged with those under “Page first”."
    return [
        *blocks[:1],
        field(GROUPS, "User groups to page first", _text(typed), optional=True, hint=hint),
        *blocks[1:],
    ]


def _text(value: str) -> Json:
    shown: Json = {"type": "plain_text_input"}
    return {**shown, "initial_value": value} if value else shown


def _from(origin: Origin) -> str:
    """Where a setting comes from, and what an empty field would come to."""
    if origin.here:
        return f"Set here. Empty, it follows {origin.beneath}." if origin.beneath else "Set here."
    return f"Now from {origin.beneath}." if origin.beneath else "Not set."


def _in_brackets(origin: Origin) -> str:
    if origin.here:
        return " (set here)"
    return f" (from {origin.beneath})" if origin.beneath else ""


def _changed(label: str, old: str, new: str, before: Origin, after: Origin) -> str:
    """One line of a summary; "" where nothing at all was changed."""
    if old != new:
        return f"*{label}:* {old} → {new}{'' if after.here else _in_brackets(after)}"
    if before.here != after.here:
        return f"*{label}:* {new}, as before{', now set here' if after.here else f', now from {after.beneath}'}"
    return "" if after.here or not after.beneath else f"*{label}:* still {new}, since that is from {after.beneath}"


def _people_changed(before: InForce, after: InForce, channel: str, where: str, names: _Names) -> list[str]:
    old, new = before.chain_of(channel), after.chain_of(channel)
    origins = before.origin_of(channel), after.origin_of(channel)
    if [step.who for step in old] == [step.who for step in new]:
        line = _changed(f"People paged{where}", names.chain(old), names.chain(new), *origins)
        return [line] if line else []
    lines = []
    for number in range(max(len(old), len(new))):
        told = [names.step(steps[number].who) if number < len(steps) else "nobody" for steps in (old, new)]
        label = _STEPS[number] if number < len(STEPS) else f"Page {number + 1}th"
        if told[0] != told[1]:
            lines.append(_changed(f"{label}{where}", told[0], told[1], *origins))
    return lines


def _channels(channels: Sequence[str]) -> str:
    return ", ".join(f"<#{one}>" for one in channels) or "none"


def _money(now: InForce) -> str:
    return "not set" if now.high_value is None else money(now.high_value)


def summary(changes: Sequence[str], warned: Sequence[str], in_force: Sequence[str], *, touched: bool) -> list[Json]:
    """What the window says once it was saved; *touched*: something was filled in, though it may change nothing."""
    same = "*Nothing had to be changed:* it is in force as you filled it in." if touched else "*Nothing was changed.*"
    return [
        section("\n".join([":white_check_mark: *Saved*" if changes else same, *changes])),
        *([small("It counts for every case that begins from now on.")] if changes else []),
        *(section(one) for one in warned),
        divider(),
        section("\n".join(["*In force now*", *in_force])),
        small(LANGUAGES),
    ]

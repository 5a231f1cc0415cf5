"""`settings` in Slack: a window for admins with the escalation channels, whom to page, and when."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.commands.router import COMMAND, Place, Request
from bot.errors import UserError
from bot.escalations import settings_view as view_of
from bot.escalations.model import is_group
from bot.escalations.policy import Step, chain_json
from bot.escalations.settings import EscalationSettings, InForce
from bot.escalations.settings_view import CHANNELS, GROUPS, HIGH_VALUE, HOME, HOURS, LANGUAGES, STEPS, WAIT, WHOSE
from bot.quantities import Hours, amount, as_typed, duration
from bot.slack.block_kit import Message, message, section, small
from bot.slack.context import SlackContext
from bot.slack.modals import Json, said_window, values_of, window, without_markup
from bot.slack.users import Member, Users

WINDOW = "escalations.settings"
SAVED_AT = CHANNELS  # the field at which the window says that nothing can be stored now
_ONLY_ADMINS = "Only admins can change who is paged."
_INITIAL = ("initial_value", "initial_users", "initial_conversations", "initial_conversation")
_PEOPLE = frozenset((WHOSE, *STEPS, GROUPS))
Read = TypeVar("Read")


class SettingsModal:
    """Opens the window for whoever may, and keeps what they change; tells others what is in force."""

    def __init__(self, settings: EscalationSettings, slack: SlackContext) -> None:
        self._settings = settings
        self._users = slack.users
        self._channels = slack.channels
        self._replies = slack.replies
        self._readers = slack.readers

    def open(self, request: Request) -> Message:
        """Open it; what is in force for those who may not, where they alone read it, and where none can be opened."""
        asks = self._users.member(request.user_id)
        if not asks.is_admin and (request.place is Place.CHANNEL or asks.is_guest):
            return Message(f"{_ONLY_ADMINS} Nothing was changed.")
        channel = request.channel if request.channel[:1] in ("C", "G") else ""
        if asks.is_admin and request.trigger_id:
            self._replies.open_window(request.trigger_id, self._window(channel))
            return Message("The settings are open in a window.")
        how = f"Write `{COMMAND} settings`: a window cannot be opened from here."
        if request.place is Place.CHANNEL:
            return Message(how)
        return self._told(asks, channel, how if asks.is_admin else f"{_ONLY_ADMINS} {self._who_can()}")

    def save(self, user: str, view: Json) -> tuple[dict[str, str], Json]:
        """Keep what *user* has changed, and the window that says so; or nothing, and what is wrong with it by field."""
        values, shown = values_of(view), _initial(view)
        if not self._users.member(user).is_admin:
            return {SAVED_AT: f"{_ONLY_ADMINS} Nothing was changed."}, {}
        about = json.loads(view["private_metadata"])
        channel = about["channel"] if values.get(WHOSE) == view_of.HERE else ""
        touched = {name for name, value in values.items() if _comparable(value) != _comparable(shown.get(name))}
        if touched & _PEOPLE:
            touched |= {WHOSE}
        before = self._settings.in_force()
        errors: dict[str, str] = {}
        changed = self._read(values, touched, channel, before.chain_of(about["channel"]), errors)
        self._check_channels(values, touched, errors)
        self._check_people(values, errors)
        if errors:
            return errors, {}
        if touched:
            rows = {name: values.get(name) for name in (CHANNELS, HOME) if name in touched}
            self._settings.change(changed, **rows)
        return {}, self._summary(before, touched, channel)

    def _window(self, channel: str) -> Json:
        now = self._settings.in_force()
        blocks = [section(one) for one in self._warnings(now)]
        blocks += [small(LANGUAGES), *view_of.fields(now, channel, _groups(self._users))]
        return window(WINDOW, "Escalations", "Save", blocks, {"channel": channel})

    def _summary(self, before: InForce, touched: set[str], channel: str) -> Json:
        now, handles = self._settings.in_force(), _groups(self._users)
        changes = view_of.change_lines(before, now, touched, channel, handles)
        lines = view_of.in_force_lines(now, handles, {*now.channels, *now.own, now.home}, channel)
        blocks = view_of.summary(changes, self._warnings(now), lines, touched=bool(touched))
        return {**said_window("Escalations", ""), "blocks": blocks}

    def _told(self, asks: Member, channel: str, how: str) -> Message:
        """What is in force, to somebody who reads it alone: without channels that are none of theirs."""
        now = self._settings.in_force()
        channels = {*now.channels, *now.own, now.home} - {""}
        shown = {one for one in channels if self._readers.may_read(asks.id, one)}
        lines = view_of.in_force_lines(now, _groups(self._users), shown, channel)
        return message(
            how, [section(how), *map(section, self._warnings(now)), section("\n".join(lines)), small(LANGUAGES)]
        )

    def _who_can(self) -> str:
        known = ", ".join(f"<@{one}>" for one in self._users.admins)
        return f"That is {known}." if known else "Those are the admins and owners of this workspace."

    def _warnings(self, now: InForce) -> list[str]:
        pages = any(self._can_be_paged(one) for step in now.chain for one in step.who)
        return view_of.warnings(now, pages_anybody=pages)

    def _can_be_paged(self, ident: str) -> bool:
        """Whether a page would reach anybody, as far as is known."""
        if is_group(ident):
            members = self._users.known_in_group(ident)
            return members is None or any(map(self._can_be_paged, members))
        known = self._users.known(ident)
        return known is None or (known.is_ours and known.can_be_reminded)

    def _read(
        self, values: Mapping[str, Any], touched: set[str], channel: str, chain: Sequence[Step], errors: dict[str, str]
    ) -> dict[str, Any]:
        """What was changed of the policy, as it is kept; what is wrong with it goes to *errors*."""
        usual = self._settings.policy().wait
        changed: dict[str, Any] = {}
        for name, read in (
            (WAIT, lambda typed: as_typed(duration(typed))),
            (HOURS, lambda typed: str(Hours.read(typed))),
            (HIGH_VALUE, amount),
        ):
            if name in touched:
                changed[name] = _typed(values, name, read, errors)
        if touched & _PEOPLE:
            groups = _typed(values, GROUPS, lambda typed: _group_ids(typed, self._users), errors) or ()
            steps = chain_json(_filled_in(values, groups, chain, usual), usual)
            changed |= {"channels": {channel: steps}} if channel else {"chain": steps}
        return changed

    def _check_channels(self, values: Mapping[str, Any], touched: set[str], errors: dict[str, str]) -> None:
        """Nothing is heard in a channel that the bot is not in, and nothing can be said there."""
        before = self._settings.channels()
        home = str(values.get(HOME) or "") if HOME in touched else ""
        for field_name, one, to in (
            *((CHANNELS, str(one), "listen there") for one in values[CHANNELS] or () if one not in before),
            *([(HOME, home, "write there")] if home else []),
        ):
            try:
                found = self._channels.to_post_in(one, to=to, otherwise="Nothing was changed.")
                if field_name == HOME and found.shared:
                    raise UserError("Another organisation reads that channel. Choose one of ours. Nothing was changed.")
            except UserError as error:
                errors[field_name] = without_markup(f"#{one}: {error}", "somebody")

    def _check_people(self, values: Mapping[str, Any], errors: dict[str, str]) -> None:
        for name in STEPS:
            if any((known := self._users.known(str(one))) and not known.is_ours for one in values[name] or ()):
                errors[name] = "Somebody of another organisation cannot be paged. Nothing was changed."


def _initial(view: Json) -> Json:
    """What stood in the fields of *view* when it was opened, by block id: what still does was not changed."""
    elements = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    return {
        name: (one.get("initial_option") or {}).get("value")
        or next((one[kind] for kind in _INITIAL if one.get(kind)), None)
        for name, one in elements.items()
    }


def _comparable(value: Any) -> Any:
    """People and channels in whichever order, text however it is spaced."""
    return sorted(value) if isinstance(value, list) else " ".join(str(value or "").split()).lower()


def _filled_in(values: Mapping[str, Any], groups: Sequence[str], before: Sequence[Step], usual: Any) -> list[Step]:
    """
    The chain as it was filled in; empty where nobody was.

    What the window has no room for stays: groups of later steps, steps behind the last, waits of their own.
    """
    first, *later = (tuple(str(one) for one in values[name] or ()) for name in STEPS)
    if not (first or groups or any(later)):
        return []
    waits = [step.wait for step in before] + [usual] * len(STEPS)
    kept = [tuple(one for one in step.who if is_group(one)) for step in before] + [()] * len(STEPS)
    steps = [(*first, *groups), *((*people, *kept[number]) for number, people in enumerate(later, 1))]
    return [*(Step(who, wait) for who, wait in zip(steps, waits, strict=False) if who), *before[len(STEPS) :]]


def _groups(people: Users) -> Mapping[str, str]:
    try:
        return people.groups()
    except UserError:  # their ids will do
        return {}


def _group_ids(typed: str, people: Users) -> tuple[str, ...]:
    handles = re.split(r"[\s,]+", typed.strip()) if typed.strip() else []
    known = people.groups() if handles else {}
    found = []
    for one in handles:
        name = one.removeprefix("@")
        if name.lower() in known:
            found.append(known[name.lower()])
        elif name in known.values():
            found.append(name)
        else:
            there = ", ".join(f"@{handle}" for handle in sorted(known)) or "none"
            raise ValueError(f'There is no user group "{one}"; there are: {there}')
    return tuple(dict.fromkeys(found))


def _typed(values: Mapping[str, Any], name: str, read: Callable[[str], Read], errors: dict[str, str]) -> Read | None:
    """What was typed in the field *name*; None where it is empty, or wrong."""
    typed = str(values[name] or "").strip()
    try:
        return read(typed) if typed else None
    except (ValueError, UserError) as error:
        errors[name] = without_markup(f"{str(error).rstrip('.')}. Nothing was changed.")
        return None

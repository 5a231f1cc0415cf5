"""`settings` in Slack: a window for admins with the escalation channels, whom to page, and when."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, TypeVar

from bot.commands.router import COMMAND, Request
from bot.errors import UserError
from bot.escalations.policy import Hours, Policy, Step, as_typed, duration
from bot.escalations.settings import EscalationSettings
from bot.slack.block_kit import Message
from bot.slack.context import SlackContext
from bot.slack.modals import Json, field, plain_text, values_of, window, without_markup
from bot.slack.users import Users

WINDOW = "escalations.settings"
WHOSE, CHANNELS, GROUPS, WAIT, HOURS, HIGH_VALUE = "whose", "channels", "groups", "wait", "hours", "high_value"
HOME = "home"
STEPS = ("step_1", "step_2", "step_3")
_LABELS = ("Page first", "Then", "At last")
_EVERYWHERE, _HERE = "everywhere", "here"
_ONLY_ADMINS = "Only admins can change who is paged. Nothing was changed."
Read = TypeVar("Read")


def settings_window(
    channels: Sequence[str], home: str, policy: Policy, chain: Sequence[Step], groups: Mapping[str, str], channel: str
) -> Json:
    """The window, filled with what is in force; *channel* is where it was asked for, "" outside any."""
    where: Json = {"type": "multi_conversations_select", "filter": {"include": ["public", "private"]}}
    if channels:
        where["initial_conversations"] = list(channels)
    hint = "Every message there begins a watched thread."
    blocks = [field(CHANNELS, "Escalation channels", where, optional=True, hint=hint)]
    own: Json = {"type": "conversations_select", "filter": {"include": ["public", "private"]}}
    if home:
        own["initial_conversation"] = home
    hint = "Where I write about cases of channels that other organisations read."
    blocks.append(field(HOME, "Home channel", own, optional=True, hint=hint))
    if channel:
        options = [
            {"text": plain_text("All channels without people of their own"), "value": _EVERYWHERE},
            {"text": plain_text("Only the channel in which I asked for this"), "value": _HERE},
        ]
        chosen = options[channel in policy.channels]
        whose: Json = {"type": "radio_buttons", "options": options, "initial_option": chosen}
        blocks.append(field(WHOSE, "For whom are the people below?", whose))
    for number, name in enumerate(STEPS):
        people: Json = {"type": "multi_users_select"}
        if number < len(chain) and (users := [one for one in chain[number].who if not one.startswith("S")]):
            people["initial_users"] = users
        blocks.append(field(name, _LABELS[number], people, optional=True))
    names = {ident: handle for handle, ident in groups.items()}
    first = [f"@{names.get(one, one)}" for step in chain[:1] for one in step.who if one.startswith("S")]
    hint = "Such as @sales-managers. All of a group are paged at once, and the first to answer has it."
    blocks.append(field(GROUPS, "User groups to page first", _text(" ".join(first)), optional=True, hint=hint))
    hint = "Mon-Fri 08:00-18:00, or always. Urgent criteria page at any hour."
    high = f"{policy.high_value:g}" if policy.high_value else ""
    blocks += [
        field(WAIT, "Ask again after", _text(as_typed(policy.wait)), hint="Such as 30s, 10m, 2h"),
        field(HOURS, "Working hours of the person paged", _text(str(policy.hours)), hint=hint),
        field(HIGH_VALUE, "High value from", _text(high), optional=True, hint="An amount of money, such as 50000"),
    ]
    return window(WINDOW, "Escalations", "Save", blocks, {"channel": channel})


def _text(value: str) -> Json:
    shown: Json = {"type": "plain_text_input"}
    return {**shown, "initial_value": value} if value else shown


class SettingsModal:
    """Opens the window for whoever may, and keeps what they fill in."""

    def __init__(self, settings: EscalationSettings, slack: SlackContext) -> None:
        self._settings = settings
        self._users = slack.users
        self._channels = slack.channels
        self._replies = slack.replies

    def open(self, request: Request) -> Message:
        """Open it; a sentence for those who may not, and where none can be opened."""
        if not self._users.member(request.user_id).is_admin:
            return Message(_ONLY_ADMINS)
        if not request.trigger_id:
            return Message(f"Write `{COMMAND} settings`: a window cannot be opened from here.")
        channel = request.channel if request.channel[0] in "CG" else ""
        in_force = self._settings
        view = settings_window(
            sorted(in_force.channels()),
            in_force.home(),
            in_force.policy(),
            in_force.chain(channel),
            _groups(self._users),
            channel,
        )
        self._replies.open_window(request.trigger_id, view)
        return Message("The settings are open in a window.")

    def save(self, user: str, view: Json) -> dict[str, str]:
        """Keep what *user* filled in; or nothing, and what is wrong with it by field."""
        values = values_of(view)
        if not self._users.member(user).is_admin:
            return {WAIT: _ONLY_ADMINS}
        channel = json.loads(view["private_metadata"])["channel"] if values.get(WHOSE) == _HERE else ""
        errors: dict[str, str] = {}
        policy = _policy(values, self._settings.policy(), channel, self._users, errors)
        channels, home = [str(one) for one in values[CHANNELS] or ()], str(values.get(HOME) or "")
        self._check_channels(channels, home, errors)
        for name in STEPS:
            if any((known := self._users.known(str(one))) and not known.is_ours for one in values[name] or ()):
                errors[name] = "Somebody of another organisation cannot be paged. Nothing was changed."
        if not errors:
            self._settings.set_all(policy, channels, home)
        return errors

    def _check_channels(self, channels: Sequence[str], home: str, errors: dict[str, str]) -> None:
        """Nothing is heard in a channel that the bot is not in, and nothing can be said there."""
        before = self._settings.channels()
        for field_name, one, to in (
            *((CHANNELS, one, "listen there") for one in channels if one not in before),
            *([(HOME, home, "write there")] if home else []),
        ):
            try:
                found = self._channels.to_post_in(one, to=to, otherwise="Nothing was changed.")
                if field_name == HOME and found.shared:
                    raise UserError("Another organisation reads that channel. Choose one of ours. Nothing was changed.")
            except UserError as error:
                errors[field_name] = without_markup(f"#{one}: {error}", "somebody")


def _policy(values: Mapping[str, Any], before: Policy, channel: str, people: Users, errors: dict[str, str]) -> Policy:
    """What was filled in, as a policy; what is wrong with it goes to *errors*."""
    wait = _read(values, WAIT, duration, before.wait, errors)
    hours = _read(values, HOURS, Hours.read, before.hours, errors)
    high = _read(values, HIGH_VALUE, _amount, None, errors)
    none: tuple[str, ...] = ()
    groups = _read(values, GROUPS, lambda typed: _group_ids(typed, people), none, errors)
    first, *later = (tuple(str(one) for one in values[name] or ()) for name in STEPS)
    chain = tuple(Step(who, wait) for who in ((*first, *groups), *later) if who)
    policy = replace(before, wait=wait, hours=hours, high_value=high)
    if not channel:
        return replace(policy, chain=chain)
    others = {ident: steps for ident, steps in before.channels.items() if ident != channel}
    return replace(policy, channels={**others, channel: chain} if chain else others)


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


def _read(
    values: Mapping[str, Any], name: str, read: Callable[[str], Read], instead: Read, errors: dict[str, str]
) -> Read:
    try:
        return read(str(values[name] or ""))
    except (ValueError, UserError) as error:
        errors[name] = without_markup(f"{str(error).rstrip('.')}. Nothing was changed.")
        return instead


def _amount(typed: str) -> float | None:
    if not typed.strip():
        return None
    try:
        amount = float(re.sub(r"[,' $€£]", "", typed))
    except ValueError:
        raise ValueError(f'"{typed}" is no amount of money; write a number such as 50000') from None
    if not isfinite(amount) or amount < 0:
        raise ValueError(f'"{typed}" is no amount of money above zero; write a number such as 50000')
    return amount

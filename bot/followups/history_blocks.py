"""What became of a follow-up, in words."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import instant
from bot.delivery.history import receipt
from bot.followups.model import FollowUpState
from bot.followups.service import FollowUpHistory
from bot.followups.short_texts import where_words
from bot.slack.block_kit import Message, message, section
from bot.slack.text import quote


def why_message(story: FollowUpHistory, zone: ZoneInfo) -> Message:
    """What became of a follow-up, in words."""
    lines = why_lines(story, zone)
    return message(lines[0], [section(f"*{lines[0]}*"), section("\n".join(f"• {line}" for line in lines[1:]))])


def why_lines(story: FollowUpHistory, zone: ZoneInfo) -> list[str]:
    """The same as plain lines; mentions are Slack's."""

    one = story.follow_up

    def at(when: datetime) -> str:
        local = when.astimezone(zone)
        year = f" {local.year}" if local.year != one.made_at.astimezone(zone).year else ""
        return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"

    lines = [f"{one.id}: {quote(one.title(), 300)}"]
    told = [(entry.at, f"{at(entry.at)}: {_told(entry.what, entry.who, entry.detail, at)}") for entry in story.entries]
    told += [stage for one in story.deliveries for stage in receipt(one, at)]
    lines += [line for _, line in sorted(told, key=lambda pair: pair[0])]
    if one.state is FollowUpState.WAITING:
        lines.append(f"It is due {at(one.wanted.due.at)}, {where_words(one)}.")
    lines.append(f"Times are {zone.key}.")
    return lines


_HINTED = {"done": "it is done", "answered": "the customer has answered"}


def _hint_words(detail: str) -> str:
    what, _, who = detail.partition(" ")
    return f"{who} wrote in its thread that {_HINTED.get(what, what)}"


def _told(what: str, who: str, detail: str, at: Callable[[datetime], str]) -> str:
    by = f"<@{who}>" if who else "me, since whom it was for has left"
    if what in ("made", "changed", "snoozed", "done-once", "resumed", "moved"):
        detail = _told_time(detail, at)
    return {
        "made": f"made by {by}, due {detail}",
        "changed": f"changed by {by}, now due {detail}",
        "snoozed": f"snoozed by {by} until {detail}",
        "reassigned": f"given to {detail} by {by}",
        "offered": f"offered to {detail} by {by}",
        "declined": f"not taken by {by}",
        "done-once": f"done by {by}, next due {detail}",
        "paused": f"paused by {by}",
        "resumed": f"resumed by {by}, next due {detail}",
        "ended by the bot": "ended, since none of its times is to come",
        "moved": f"moved to {detail}, since the rules of its time zone changed",
        "hinted": _hint_words(detail),
        "asked for": f"I asked who takes it: {detail}",
        "done": f"done by {by}",
        "cancelled": f"cancelled by {by}",
        "warned": f"warned its owner: {detail}",
        "broken": "broken: nobody had pressed Done in time",
    }.get(what, f"{what} by {by}")


def _told_time(detail: str, at: Callable[[datetime], str]) -> str:
    """The time in a line of the log; before it was kept as such it was kept in words."""
    try:
        return at(instant(detail))
    except ValueError:
        return detail

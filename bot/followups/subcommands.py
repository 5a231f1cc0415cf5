"""What is typed: `follow-up`, `follow-ups` and `why`, from the command, a mention or a direct message."""

import re
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.commands.router import COMMAND, Place, Request, Subcommand
from bot.followups import blocks
from bot.followups.dates.questions import NotUnderstood
from bot.followups.model import FollowUp, NewFollowUp
from bot.followups.service import FollowUps
from bot.slack.block_kit import Block, Message, moment, small
from bot.slack.channels import Channel, Channels
from bot.slack.context import SlackContext
from bot.slack.text import quote

_SITUATION = re.compile(
    r"(?:is|was|went|are|were|or|has|had|how|what|why|when|gone|never|ignored|overdue|with an? \w+ customer)\b|"
    r"(?:calls?|meetings?|emails?|questions?)\s+(?:\w+\s+)?(?:went|got|was|is|has|had|did|ended|turned|fell)\b",
    re.I,
)


_ADVICE = re.compile(r"\b(?:what (?:do|should|can) i|how (?:do|to|can|should)|what to (?:say|do))\b|\?$", re.I)
_MEANT = re.compile(r"follow-?ups?\b", re.I)  # written so that it can hardly begin a sentence
_OWNER = re.compile(
    r"^(?:<@\w+(?:\|[^<>]*+)?>[\s:,]*)?(?:follow[- ]?up|remind|promise)\s+<@([UW][A-Z0-9]+)(?:\|[^<>]*+)?>", re.I
)


class FollowUpSubcommands:
    """Makes `follow-up`, `promise` and `follow-ups` known, `why F12`, and what is open a part of the menu."""

    def __init__(self, follow_ups: FollowUps, slack: SlackContext) -> None:
        self._follow_ups = follow_ups
        self._slack = slack

    def all(self) -> tuple[Subcommand, ...]:
        """For the router."""
        return (
            Subcommand(
                ("follow-up", "followup", "follow up", "remind"),
                blocks.USAGE,
                "reminds you in this channel: `follow-up Acme tomorrow 3pm send the three options`",
                self._make,
                quick=False,
            ),
            Subcommand(
                ("promise",),
                blocks.PROMISE_USAGE,
                "the same for what the customer was told: a warning in time, and a case if it is broken",
                self._promise,
                quick=False,
            ),
            Subcommand(
                ("follow-ups", "followups", "follow ups"),
                "follow-ups mine|here|CUSTOMER",
                "lists what is open",
                self._listed,
                quick=False,
            ),
        )

    def why(self, request: Request, number: int) -> Message:
        """What became of a follow-up. Raises UserError where it is none of theirs."""
        member = self._slack.users.member(request.user_id)
        in_public = request.place is Place.CHANNEL
        self._follow_ups.seen_by(number, request.user_id, request.channel, in_public=in_public)
        return blocks.why_message(self._follow_ups.story(number), member.zone or ZoneInfo("UTC"))

    def open_items(self, request: Request) -> Sequence[Block]:
        """A line for the menu."""
        in_public = request.place is Place.CHANNEL
        mine = self._follow_ups.listed("mine", request.user_id, request.channel, in_public=in_public).items
        if not mine:
            return ()
        more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
        shown = quote(mine[0].title(), 100)
        due = moment(mine[0].wanted.due.at, mine[0].wanted.due.zone)
        return [small(f":bell: Your next follow-up: {shown}, {due}{more}: `{COMMAND} follow-ups`")]

    def _promise(self, request: Request, rest: str) -> Message | None:
        return self._make(request, rest, promise=True)

    def _make(self, request: Request, rest: str, *, promise: bool = False) -> Message | None:
        if rest.lower() in ("", "help"):
            return blocks.usage_message(promise=promise)
        if rest.lower() in ("list", "mine"):
            return self._listed(request, "mine")
        if (made := self._follow_ups.made_by(request.cause)) is not None:
            return self._echo(made)
        if _ADVICE.search(rest):
            return None
        named = _OWNER.search(request.raw)
        rest = re.sub(r"^@\S+\s*" if named else r"^(?:me|us)\b[\s:]*(?:to\s+)?", "", rest, flags=re.I)
        try:
            wanted = self._understood(request, rest, named[1] if named else request.user_id)
        except NotUnderstood as question:
            by_the_way = _SITUATION.match(rest) or (not _MEANT.match(request.text) and question.error == "none")
            return None if by_the_way else blocks.ask_message(question.ask, rest, promise=promise)
        channel = self._slack.channels.to_post_in(request.channel)
        thread_ts = request.thread_ts if request.place is not Place.DIRECT else None
        placed = replace(wanted, channel=channel.id, thread_ts=thread_ts, private=channel.private, promise=promise)
        placed, why = directly(placed, channel, self._slack.channels)
        return self._echo(self._follow_ups.make(placed, request.user_id, request.cause), why)

    def _echo(self, one: FollowUp, why: str = "") -> Message:
        return blocks.echo_message(one, beside(one, self._follow_ups, self._slack, why))

    def _listed(self, request: Request, rest: str) -> Message | None:
        which = re.sub(r"^(?:for|about|of|customer)\s+", "", rest.strip("?. "), flags=re.I)
        which = which.lower() if which.lower() in ("mine", "here") else which or "mine"
        if which not in ("mine", "here") and not self._follow_ups.is_customer(which) and len(which.split()) > 2:
            return None
        in_public = request.place is Place.CHANNEL
        found = self._follow_ups.listed(which, request.user_id, request.channel, in_public=in_public)
        return blocks.list_message(which, found.items, hidden=found.hidden)

    def _understood(self, request: Request, typed: str, owner: str) -> NewFollowUp:
        if owner != request.user_id:
            self._slack.users.responsible(owner)
        member = self._slack.users.member(request.user_id)
        zone = member.zone or ZoneInfo("UTC")
        instead = "come back to this thread" if request.thread_ts else ""
        wanted = self._follow_ups.understood(
            typed, zone, member.locale, owner=owner, channel=request.channel, instead=instead, said_at=request.said_at
        )
        if member.zone is None and not (wanted.due.zone.key != "UTC" or re.search(r"\b(?:utc|gmt)\b", typed, re.I)):
            self._slack.users.zone(request.user_id)  # says how to tell us
        return wanted


def beside(one: FollowUp, follow_ups: FollowUps, slack: SlackContext, why: str = "") -> blocks.Beside:
    """What an echo of *one* says besides, as it is now; *why* it comes back elsewhere than where it was asked for."""
    owner = slack.users.known(one.wanted.owner)
    return blocks.Beside(why, follow_ups.watch(one), owner.zone if owner else None)


def directly(wanted: NewFollowUp, channel: Channel, channels: Channels) -> tuple[NewFollowUp, str]:
    """
    *wanted* as it can reach its owner, and why it comes back elsewhere than where it was asked for ("" if it does not).

    Another organisation is not to read along, and nobody is notified in a channel that they are not in. Asks Slack.
    """
    if channel.id[0] in "D@":
        return wanted, ""
    owner = replace(wanted, channel=f"@{wanted.owner}", thread_ts=None, private=True)
    if channel.shared:
        return owner, f"Another organisation reads <#{channel.id}>, so it comes directly."
    members = channels.members(channel.id)
    if members is not None and wanted.owner not in members:
        return owner, f"<@{wanted.owner}> is not in <#{channel.id}>, so it comes directly."
    return wanted, ""

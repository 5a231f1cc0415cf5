"""What is typed: `follow-up`, `follow-ups` and `why`, from the command, a mention or a direct message."""

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.followups import blocks
from bot.followups.dates.errors import NotUnderstood
from bot.followups.model import FollowUp, NewFollowUp, number_of
from bot.followups.service import FollowUps
from bot.slack.channels import Channels
from bot.slack.message import Block, Message, quote, small
from bot.slack.replies import Replies
from bot.slack.router import COMMAND, Place, Request, Router, Subcommand
from bot.slack.users import Users

_SITUATION = re.compile(
    r"(?:is|was|went|are|were|or|has|had|how|what|why|when|gone|never|ignored|overdue|with an? \w+ customer)\b|"
    r"(?:calls?|meetings?|emails?|questions?)\s+(?:\w+\s+)?(?:went|got|was|is|has|had|did|ended|turned|fell)\b",
    re.I,
)


_ADVICE = re.compile(r"\b(?:what (?:do|should|can) i|how (?:do|to|can|should)|what to (?:say|do))\b|\?$", re.I)
_MEANT = re.compile(r"follow-?ups?\b", re.I)  # written so that it can hardly begin a sentence
_OWNER = re.compile(
    r"^(?:<@\w+(?:\|[^>]*)?>[\s:,]*)?(?:follow[- ]?up|remind|promise)\s+<@([UW][A-Z0-9]+)(?:\|[^>]*)?>", re.I
)


class Slack:
    """What the listeners need of Slack, bundled."""

    def __init__(self, people: Users, places: Channels, outgoing: Replies, clock: Clock) -> None:
        self.people = people
        self.places = places
        self.outgoing = outgoing
        self.clock = clock


def add_subcommands(router: Router, follow_ups: FollowUps, slack: Slack) -> None:
    """Make `follow-up`, `follow-ups` and `why` known, and what is open a part of the menu."""

    def promise(asked: Request, rest: str) -> Message | None:
        return make(asked, rest, promise=True)

    def make(asked: Request, rest: str, *, promise: bool = False) -> Message | None:
        if rest.lower() in ("", "help"):
            return blocks.usage_message()
        if rest.lower() in ("list", "mine"):
            return listed(asked, "mine")
        if _ADVICE.search(rest):
            return None
        owner = _OWNER.search(asked.raw)
        rest = re.sub(r"^@\S+\s*" if owner else r"^(?:me|us)\b[\s:]*(?:to\s+)?", "", rest, flags=re.I)
        try:
            wanted = _understood(follow_ups, slack, asked, rest, owner[1] if owner else asked.user_id)
        except NotUnderstood as question:
            by_the_way = _SITUATION.match(rest) or (not _MEANT.match(asked.text) and question.error == "none")
            return None if by_the_way else blocks.ask_message(question.ask, rest)
        channel = slack.places.to_post_in(asked.channel)
        thread_ts = asked.thread_ts if asked.place is not Place.DIRECT else None
        placed = NewFollowUp(
            wanted.text,
            wanted.owner,
            wanted.due,
            channel.id,
            wanted.customer,
            thread_ts,
            channel.private,
            promise=promise,
        )
        return blocks.echo_message(follow_ups.make(placed, asked.user_id))

    def listed(asked: Request, rest: str) -> Message | None:
        which = re.sub(r"^(?:for|about|of|customer)\s+", "", rest.strip("?. "), flags=re.I)
        which = which.lower() if which.lower() in ("mine", "here") else which or "mine"
        if which not in ("mine", "here") and not follow_ups.is_customer(which) and len(which.split()) > 2:
            return None
        found = follow_ups.listed(which, asked.user_id, asked.channel)
        return blocks.list_message(which, [one for one in found if _may_be_read(one, asked)])

    def why(asked: Request, rest: str) -> Message | None:
        number = number_of(rest)
        if number is None:
            return None
        member = slack.people.member(asked.user_id)
        asker = "" if asked.place is Place.CHANNEL else asked.user_id  # the answer is for all to see there
        follow_ups.seen_by(number, asker, asked.channel)
        return blocks.why_message(follow_ups.story(number), member.zone or ZoneInfo("UTC"))

    def open_items(asked: Request) -> Sequence[Block]:
        mine = [one for one in follow_ups.mine(asked.user_id) if _may_be_read(one, asked)]
        if not mine:
            return ()
        more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
        shown = quote(mine[0].title(), 100)
        return [small(f":bell: Your next follow-up: {shown}, {mine[0].wanted.due}{more}: `{COMMAND} follow-ups`")]

    router.add(
        Subcommand(
            ("follow-up", "followup", "follow up", "remind"),
            blocks.USAGE,
            "brings it back in this channel: `follow-up Acme tomorrow 3pm send the three options`",
            make,
            quick=False,
        )
    )
    router.add(
        Subcommand(
            ("promise",),
            "promise CUSTOMER WHEN WHAT",
            "the same for what the customer was told: I warn in time, and page the manager once it is broken",
            promise,
            quick=False,
        )
    )
    router.add(
        Subcommand(
            ("follow-ups", "followups", "follow ups"), "follow-ups mine|here|CUSTOMER", "lists what is open", listed
        )
    )
    router.add(Subcommand(("why",), "why F12", "tells what became of a follow-up", why, quick=False))
    router.add_to_menu(open_items)


def _may_be_read(one: FollowUp, asked: Request) -> bool:
    return asked.place is not Place.CHANNEL or not one.wanted.private or one.wanted.channel == asked.channel


def _understood(follow_ups: FollowUps, slack: Slack, asked: Request, typed: str, owner: str) -> NewFollowUp:
    if owner != asked.user_id:
        slack.people.responsible(owner)
    member = slack.people.member(asked.user_id)
    zone = member.zone or ZoneInfo("UTC")
    instead = "come back to this thread" if asked.thread_ts else ""
    wanted = follow_ups.understood(typed, zone, member.locale, owner=owner, channel=asked.channel, instead=instead)
    if member.zone is None and not (wanted.due.zone.key != "UTC" or re.search(r"\b(?:utc|gmt)\b", typed, re.I)):
        slack.people.zone(asked.user_id)  # says how to tell us
    return wanted

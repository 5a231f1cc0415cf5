"""What is typed: `escalate`, `escalations` and `why E7`, from the command, a mention or a direct message."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.delivery.history import receipt
from bot.errors import UserError
from bot.escalations import blocks
from bot.escalations.model import LONGEST_CUSTOMER, Case, number_of
from bot.escalations.service import CaseHistory, Escalations
from bot.slack.channels import Channels
from bot.slack.message import Message, message, quote, section
from bot.slack.replies import Replies
from bot.slack.router import Place, Request, Router, Subcommand
from bot.slack.users import Users

_SITUATION = re.compile(
    r"^(?:or|when|if|should|how|what|why|is|are|was|will|can|could|not|a|an|this\s+to\s+whom)\b|\?\s*$", re.I
)
_WHICH = re.compile(r"^(?:for|about|of|customer)\s+", re.I)


class Beginning:
    """A person begins a case: in the thread where they are, or under a message of ours in the channel."""

    def __init__(
        self, escalations: Escalations, people: Users, places: Channels, outgoing: Replies, clock: Clock
    ) -> None:
        self.escalations = escalations
        self.clock = clock
        self.people = people
        self.outgoing = outgoing
        self._places = places

    def begin(self, customer: str | None, said: str, channel: str, thread_ts: str | None, by: str) -> Case:
        """Raises UserError where it cannot be kept; then nobody was paged."""
        if channel.startswith("D"):
            raise UserError(
                "A case lives in a channel, where the team can see it. "
                "Write `/toughcustomer escalate …` there. Nobody was paged."
            )
        if customer and re.match(r"[@#]", customer):
            raise UserError(f"{quote(customer)} is a person or a channel. Which customer is it? Nobody was paged.")
        if customer and len(customer) > LONGEST_CUSTOMER:
            raise UserError(f"A customer's name may have up to {LONGEST_CUSTOMER} characters. Nobody was paged.")
        try:
            self._places.to_post_in(channel)
        except UserError as error:
            raise UserError(
                str(error)
                .replace("remind you here", "keep a case here")
                .replace("Nothing was stored.", "Nobody was paged.")
            ) from None
        return self.escalations.begin(customer, said, channel, thread_ts, by)


def add_subcommands(router: Router, beginning: Beginning, open_settings: Callable[[Request], Message | None]) -> None:
    """Make `escalate`, `escalations` and `settings` known, and `why` able to read E7."""
    escalations, people = beginning.escalations, beginning.people

    def escalate(asked: Request, rest: str) -> Message | None:
        if not rest or rest.lower() == "help":
            if asked.place is Place.CHANNEL and asked.thread_ts and not rest:
                return blocks.begun_message(beginning.begin(None, "", asked.channel, asked.thread_ts, asked.user_id))
            return blocks.usage_message()
        head, colon, said = rest.partition(":")
        if not colon or not said.strip():
            return None if _SITUATION.search(rest) or len(rest.split()) > 3 else blocks.usage_message()
        if not head.strip():
            return blocks.usage_message()
        if len(head.split()) > 8 or _SITUATION.match(head):
            return None
        thread_ts = asked.thread_ts if asked.place is Place.CHANNEL else None
        return blocks.begun_message(
            beginning.begin(head.strip(), said.strip(), asked.channel, thread_ts, asked.user_id)
        )

    def listed(asked: Request, rest: str) -> Message | None:
        which = _WHICH.sub("", rest.strip("?. ")) or "all"
        which = which.lower() if which.lower() in ("mine", "here", "all") else which
        if len(which.split()) > 3:
            return None
        found = escalations.listed(which, asked.user_id, asked.channel)
        if asked.place is Place.CHANNEL:
            found = [one for one in found if not one.private or one.channel == asked.channel]
        return blocks.list_message(which, found, escalations.precision())

    why_follow_up = router.subcommand("why")

    def why(asked: Request, rest: str) -> Message | None:
        number = number_of(rest)
        if number is None:
            return why_follow_up.answer(asked, rest) if why_follow_up else None
        case = escalations.get(number)
        if (
            case.private
            and case.channel != asked.channel
            and not (asked.place is not Place.CHANNEL and case.may_take(asked.user_id, is_admin=False))
        ):
            raise UserError(f"{case.id} belongs to a private channel that you do not ask from.")
        story = escalations.story(number)
        zone = people.member(asked.user_id).zone or ZoneInfo("UTC")
        lines = story_lines(story, zone)
        return message(
            lines[0], [section(quote_lines(lines[at : at + 20])) for at in range(0, min(len(lines), 100), 20)]
        )

    router.add(Subcommand(("escalate",), blocks.USAGE, "pages the manager at once", escalate, quick=False))
    router.add(
        Subcommand(("escalations",), "escalations mine|here|CUSTOMER", "lists what is open, and who has it", listed)
    )
    router.add(
        Subcommand(
            ("settings",),
            "settings",
            "for admins: escalation channels, chain, hours",
            lambda asked, rest: None if rest else open_settings(asked),
            quick=False,
        )
    )
    router.add(
        Subcommand(("why",), "why F12", "tells what became of a follow-up, or of a case: `why E7`", why, quick=False)
    )


def story_lines(story: CaseHistory, zone: ZoneInfo) -> list[str]:
    """All that became of a case and of its messages, for somebody in *zone*."""

    def at(when: datetime) -> str:
        return f"{when.astimezone(zone):%a %d %b %Y %H:%M:%S} ({zone.key})"

    receipts = sorted(line for one in story.deliveries if ":page:" in one.draft.key for line in receipt(one, at))
    return blocks.why_lines(story.case, story.entries, story.pages, [line for _, line in receipts], zone)


def quote_lines(lines: list[str]) -> str:
    """Lines that hold people's words and our mentions."""
    return "\n".join(line.replace("<!", "&lt;!") for line in lines)[:2900]

"""Lists of cases, and what became of one, as somebody in a place may read them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.delivery.history import receipt
from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.escalations import queue_blocks
from bot.escalations.service import CaseHistory, Escalations
from bot.slack.block_kit import Message
from bot.slack.users import Users

_OLD = "This list is from an older version of me. `/toughcustomer escalations` shows what is open."


class CaseLists:
    """Answers `escalations` and `why E7`."""

    def __init__(self, cases: Escalations, outbox: Outbox, users: Users, clock: Clock) -> None:
        self._cases = cases
        self._outbox = outbox
        self._users = users
        self._clock = clock

    def listed(self, which: str, by: str, channel: str, *, in_public: bool = False, start: int = 0) -> Message:
        """The open cases of *which* ("all", "mine", "here", a customer) from the one at *start* on."""
        found = self._cases.listed(which, by, channel, in_public=in_public)
        past = [] if which in ("all", "mine", "here") else self._cases.past(which, by, channel, in_public=in_public)
        start = start if start < len(found.items) else 0
        shown = [self._cases.in_list(one) for one in found.items[start : start + queue_blocks.LISTED]]
        return queue_blocks.list_message(
            which, shown, self._precision(), now=self._clock.now(), of=len(found.items), hidden=found.hidden,
            start=start, past=past,
        )  # fmt: skip

    def asked(self, value: str) -> tuple[str, str, int]:
        """What a button of a list carries: the case's handle, which list it is, and where that begins."""
        found = re.fullmatch(r"(\d{1,9} [0-9a-f]+) (.{1,100}) (\d{1,6})", value)
        if not found:
            raise UserError(_OLD)
        return found[1], found[2], int(found[3])

    def why(self, number: int, by: str, channel: str, *, in_public: bool) -> Message:
        """What became of a case. Raises UserError where it is none of theirs."""
        self._cases.seen_by(number, by, channel, in_public=in_public)
        zone, story = self._zone(by), self._cases.story(number)
        lines = queue_blocks.told_lines(story.case, story.entries, story.pages, zone)
        return queue_blocks.why_message(story.case, lines, zone)

    def details(self, number: int, by: str, channel: str) -> Message:
        """All that is known of a case, to *by* alone. Raises UserError where it is none of theirs."""
        self._cases.seen_by(number, by, channel, in_public=False)
        zone, story = self._zone(by), self._cases.story(number)
        return queue_blocks.details_message(story.case, detail_lines(story, zone), zone)

    def is_page(self, body: Mapping[str, Any]) -> bool:
        """Whether what was pressed stands on a page, which is drawn anew by itself."""
        place, ts = str(body["channel"]["id"]), str(body.get("message", {}).get("ts") or "")
        return any(one.draft.kind == "page" for one in self._outbox.in_message(place, ts)) if ts else False

    def _zone(self, user: str) -> ZoneInfo:
        return self._users.member(user).zone or ZoneInfo("UTC")

    def _precision(self) -> Sequence[tuple[str, int, int]]:
        """What each criterion means, how many of its pages were needed, and how many were answered."""
        return [
            (name.replace("-", " "), good, total) for name, (good, total) in sorted(self._cases.precision().items())
        ]


def detail_lines(story: CaseHistory, zone: ZoneInfo) -> list[str]:
    """All that became of a case and of its pages, for somebody in *zone*, in mrkdwn."""

    def at(when: datetime) -> str:
        return queue_blocks.exactly(when, zone)

    receipts = sorted(line for one in story.deliveries if one.draft.kind == "page" for line in receipt(one, at))
    return queue_blocks.detail_lines(story.case, story.entries, story.pages, [line for _, line in receipts], zone)

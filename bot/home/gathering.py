"""What somebody's Home and morning list show, gathered from the other features, as they may read it."""

from collections import Counter
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.errors import UserError
from bot.escalations.install import EscalationParts
from bot.escalations.model import Case
from bot.followups.install import FollowUpParts
from bot.home.model import LISTED, CaseInHome, HomeView, grouped
from bot.slack.users import Users
from bot.storage.preferences import COUNTRY, MORNING, Preferences
from bot.tactics.service import Tactics

_MOST_CASES = 5  # of one's own, and of the team's
_MOST_OFFERED = 5


class HomeGathering:
    """Asks the features. Slack is asked at most who somebody is; where it does not say, they are in UTC."""

    def __init__(
        self,
        tactics: Tactics,
        follow_ups: FollowUpParts,
        escalations: EscalationParts,
        preferences: Preferences,
        users: Users,
        clock: Clock,
    ) -> None:
        self._tactics = tactics
        self._follow_ups = follow_ups.follow_ups
        self._store = follow_ups.store
        self._feeds = follow_ups.feeds
        self._escalations = escalations
        self._preferences = preferences
        self._users = users
        self._clock = clock

    def zone_of(self, user: str) -> ZoneInfo:
        """The time zone of *user*."""
        try:
            return self._users.member(user).zone or ZoneInfo("UTC")
        except UserError:
            return ZoneInfo("UTC")

    def has_left(self, user: str) -> bool:
        """Whether *user* has left, as far as that is known."""
        return self._users.has_left(user)

    def is_manager(self, user: str) -> bool:
        """Whether *user* is paged for others."""
        return bool(self._escalations.on_call.is_manager(user))

    def today(self, user: str) -> HomeView:
        """What is late, due today and promised, with the cases that *user* has: what a morning list says."""
        now, zone = self._clock.now(), self.zone_of(user)
        follow_ups = grouped(self._store.open_of(user), now, zone)
        return HomeView(
            user,
            now,
            zone,
            follow_ups=follow_ups,
            counts=dict(Counter(group for group, _ in follow_ups)),
            offered=self._store.offered_to(user)[:_MOST_OFFERED],
            mine=self._cases(user, "mine")[0],
        )

    def home(self, user: str, start: int = 0) -> HomeView:
        """All of it, with the follow-ups from the one at *start* on; from the first where there are not so many."""
        now, zone = self._clock.now(), self.zone_of(user)
        follow_ups = grouped(self._store.open_of(user), now, zone)
        start = start if start < len(follow_ups) else max(0, (len(follow_ups) - 1) // LISTED * LISTED)
        is_manager = self.is_manager(user)
        queue, queued, needing = self._cases(user, "all") if is_manager else ([], 0, 0)
        mine, _, _ = self._cases(user, "mine")
        shown = {one.case.number for one in mine}
        return HomeView(
            user,
            now,
            zone,
            follow_ups=follow_ups[start : start + LISTED],
            start=start,
            counts=dict(Counter(group for group, _ in follow_ups)),
            offered=self._store.offered_to(user)[:_MOST_OFFERED],
            record=self._follow_ups.promises.ends.record_of(user),
            mine=mine,
            is_manager=is_manager,
            queue=[one for one in queue if one.case.number not in shown],
            queued=queued,
            needing=needing,
            precision=self._precision() if is_manager else (),
            moments=self._tactics.moments(),
            is_morning_on=self._preferences.get(user, MORNING) == "on",
            country=self._preferences.get(user, COUNTRY) or "",
            has_feed=self._feeds.has(user) if self._feeds.is_on else None,
        )

    def _cases(self, user: str, which: str) -> tuple[list[CaseInHome], int, int]:
        """The first few cases of *which*, how many there are, and how many of them nobody has."""
        found = self._escalations.cases.listed(which, user, "", in_public=False).items
        if which == "mine":
            found = [one for one in found if _concerns(one, user)]
        return (
            [CaseInHome(*self._escalations.cases.in_list(one)) for one in found[:_MOST_CASES]],
            len(found),
            (sum(one.taken_by is None for one in found)),
        )

    def _precision(self) -> list[tuple[str, int, int]]:
        counted = self._escalations.cases.precision()
        return [(name.replace("-", " "), good, total) for name, (good, total) in sorted(counted.items())]


def _concerns(case: Case, user: str) -> bool:
    """Whether *user* has the case, is asked to take it, or brought it up."""
    return user in (case.owner, case.taken_by) or user in case.roster.people()

"""
Publishes Home tabs: at once when one is opened, and again when something of it changes, at most once in 3 s for each.

What changed is found out by following the logs: each deed leaves a line there, and each reminder a row in the outbox.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Protocol

from bot.clock import Clock
from bot.errors import UserError
from bot.home.blocks import home_view, not_ours_view
from bot.home.gathering import HomeGathering
from bot.log import failure
from bot.slack.bolt import NOT_OURS
from bot.slack.errors import Fate, judge
from bot.slack.limits import fit_window
from bot.slack.users import Users
from bot.storage.database import Database
from bot.storage.marks import Marks
from bot.storage.preferences import HOME, Preferences

logger = logging.getLogger(__name__)

NOT_OFTENER_S = 3.0
_LOOK_EVERY_S = 1.0
_LONGEST_WAIT_S = 600.0
_LOGS = {  # what tells of changes: the number of the last line, and whom the lines after it concern
    "followup_log": """
        SELECT DISTINCT one.who AS person FROM (
            SELECT owner AS who, followup_log.id FROM followup_log JOIN followups USING (team_id, number)
            WHERE team_id = :team AND followup_log.id > :last
            UNION ALL SELECT maker, followup_log.id FROM followup_log JOIN followups USING (team_id, number)
            WHERE team_id = :team AND followup_log.id > :last
            UNION ALL SELECT offered_to, followup_log.id FROM followup_log JOIN followups USING (team_id, number)
            WHERE team_id = :team AND followup_log.id > :last
            UNION ALL SELECT who, id FROM followup_log WHERE team_id = :team AND id > :last
            UNION ALL SELECT substr(detail, 3, length(detail) - 3), id FROM followup_log
            WHERE team_id = :team AND id > :last AND detail LIKE '<@%'
        ) AS one
    """,
    "outbox": """
        SELECT followups.owner AS person FROM outbox JOIN followups
        ON followups.team_id = outbox.team_id AND outbox.subject = 'F' || followups.number
        WHERE outbox.team_id = :team AND outbox.id > :last AND outbox.kind = 'reminder'
        UNION SELECT recipient FROM outbox
        WHERE team_id = :team AND id > :last AND recipient IS NOT NULL AND kind <> 'reminder'
    """,
    "case_log": """
        SELECT DISTINCT one.person FROM (
            SELECT cases.owner AS person FROM case_log JOIN cases USING (team_id, number)
            WHERE team_id = :team AND case_log.id > :last
            UNION ALL SELECT cases.taken_by FROM case_log JOIN cases USING (team_id, number)
            WHERE team_id = :team AND case_log.id > :last
        ) AS one
    """,
}


class Publishes(Protocol):
    """The one call that it makes of Slack's Web API."""

    def views_publish(self, *, user_id: str, view: dict[str, Any]) -> Any:
        """Show *view* as the Home tab of *user_id*."""


class HomePublisher:
    """One thread that publishes. *monotonic* gives seconds that nobody sets."""

    def __init__(  # noqa: PLR0913 - what it gathers, asks and publishes with
        self,
        gathering: HomeGathering,
        preferences: Preferences,
        database: Database,
        team_id: str,
        client: Publishes,
        users: Users,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gathering = gathering
        self._preferences = preferences
        self._database = database
        self._team_id = team_id
        self._client = client
        self._users = users
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._over = threading.Event()
        self._wanted: set[str] = set()
        self._at: dict[str, float] = {}  # when each was published last, or may be tried again
        self._days: dict[str, date] = {}  # of which day each shows what is due today
        self._starts: dict[str, int] = {}
        self._open: set[str] | None = None
        self._last: dict[str, int] = {}
        self._marks = Marks(database, team_id)
        self._failed: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name="home", daemon=True)

    def opened(self, user: str) -> None:
        """Somebody looks at their Home: it is published at once, and kept up to date from now on."""
        with self._lock:
            self._starts.pop(user, None)
            self._at.pop(user, None)
            self._wanted.add(user)
        self._woken.set()

    def changed(self, users: Iterable[str], start: int | None = None) -> None:
        """Something of their Home has changed; with *start* they turn to another page of it."""
        with self._lock:
            for user in users:
                if start is not None:
                    self._starts[user] = start
                    self._at.pop(user, None)
                self._wanted.add(user)
        self._woken.set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, within_s: float) -> None:
        """End; what is not published yet is published when it is opened."""
        self._over.set()
        self._woken.set()
        if self._thread.ident:
            self._thread.join(within_s)

    def work_off(self) -> None:
        """Publish what has changed and may be published now."""
        self._follow_logs()
        now = self._monotonic()
        with self._lock:
            ready = [user for user in self._wanted if self._at.get(user, -NOT_OFTENER_S) + NOT_OFTENER_S <= now]
            self._wanted.difference_update(ready)
        for user in ready:
            self._publish(user)

    def _follow_logs(self) -> None:
        known = self._known()
        for table, sql in _LOGS.items():
            rows = self._database.rows(f"SELECT MAX(id) AS last FROM {table}", {})  # noqa: S608 - ours
            last = int(rows[0]["last"] or 0)
            before = self._followed(table, last)
            if last <= before or not known:
                self._last[table] = last
                continue
            people = {str(row["person"]) for row in self._database.rows(sql, {"team": self._team_id, "last": before})}
            if table == "case_log":
                people |= {user for user in known if self._gathering.is_manager(user)}
            self.changed(people & known)
            self._follow_from(table, last)
        today = {user for user in known if user in self._days and self._days[user] != self._day_of(user)}
        if today:
            self.changed(today)

    def _followed(self, table: str, last: int) -> int:
        """Until which line of *table* its changes were followed, also before a restart; *last* where nobody did."""
        if table not in self._last:
            marked = self._marks.get(f"home {table}")
            self._last[table] = min(int(marked), last) if marked else last
        return self._last[table]

    def _follow_from(self, table: str, last: int) -> None:
        if self._last[table] != last:
            self._marks.set(f"home {table}", str(last))
            self._last[table] = last

    def _known(self) -> set[str]:
        """Those who have opened their Home."""
        if self._open is None:
            opened = self._preferences.people(HOME)
            self._open = set(opened)
            self._days = {user: date.fromisoformat(day) for user, day in opened.items()}
        return self._open

    def _day_of(self, user: str) -> date:
        known = self._users.known(user)
        zone = known.zone if known is not None else None
        return self._clock.now().astimezone(zone).date() if zone else self._clock.now().date()

    def _publish(self, user: str) -> None:
        self._at[user] = self._monotonic()
        try:
            if not self._users.is_ours(user):
                view: dict[str, Any] = not_ours_view(NOT_OURS)
            else:
                view = home_view(self._gathering.home(user, self._starts.get(user, 0)))
                self._keep_up_to_date(user)
            self._client.views_publish(user_id=user, view=fit_window(view))
            self._failed.pop(user, None)
        except UserError as error:
            failure(logger, "a Home tab could not be drawn, since Slack does not say whose it is", error)
            self._again(user)
        except Exception as error:  # noqa: BLE001 - the worker's loop: one that cannot be published holds up no other
            verdict = judge(error)
            failure(logger, "a Home tab could not be published", error)
            if verdict.fate is Fate.REFUSED:
                self._known().discard(user)  # somebody who has left
                self._preferences.set(user, HOME, "")
            else:
                self._again(user, verdict.wait)

    def _keep_up_to_date(self, user: str) -> None:
        """It shows this day, and is drawn anew from now on whenever something changes."""
        day = self._day_of(user)
        if user not in self._known() or self._days.get(user) != day:
            self._preferences.set(user, HOME, day.isoformat())
        self._known().add(user)
        self._days[user] = day

    def _again(self, user: str, wait: float = 0.0) -> None:
        """Try again, each time later than the last time."""
        failed = self._failed[user] = self._failed.get(user, 0) + 1
        self._at[user] = self._monotonic() + max(wait, min(NOT_OFTENER_S * 2 ** (failed - 1), _LONGEST_WAIT_S))
        self.changed([user])

    def _run(self) -> None:
        while not self._over.is_set():
            self._woken.clear()
            try:
                self.work_off()
            except Exception as error:  # noqa: BLE001 - the worker's loop
                failure(logger, "Home tabs could not be published", error)
            self._woken.wait(_LOOK_EVERY_S)

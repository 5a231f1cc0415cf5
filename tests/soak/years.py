"""
Two virtual years of a company of 5,000 people: what grows, what a step costs, and whether RETENTION is kept.

`make years`, some minutes: real rows in a real file, a simulated Slack with an outage every other week, and people of
whom three in ten never press anything. Prints rows and times for each quarter; fails where something is without end.
"""

import argparse
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.config import shipped_playbooks
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.redraw import Redraws
from bot.delivery.sender import Sender
from bot.errors import UserError
from bot.escalations import blocks
from bot.escalations.closing import Closing
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.intake import Intake
from bot.escalations.page_context import Gathering, Neighbours
from bot.escalations.paging import Paging
from bot.escalations.playbook import EscalationPlaybook, load
from bot.escalations.policy import Policy
from bot.escalations.posts import CasePosts
from bot.escalations.purge import CasePurge
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.followups.install import build
from bot.followups.model import LocalTime, NewFollowUp
from bot.followups.purge import FollowUpPurge
from bot.storage.deeds import Deeds
from bot.storage.purge import retire
from bot.storage.sqlite import open_database
from tests.delivering import Everybody, NoUpdates
from tests.delivery.desk import SETTLE
from tests.delivery.simulated_slack import TROUBLES, SimulatedSlack, SimulatedTime
from tests.escalations.case_desk import OUTAGE, Chain, link

TEAM, PEOPLE, CHANNELS = "T1", 5_000, 400
RETENTION = timedelta(days=180)
TABLES = ("followups", "followup_log", "promises", "cases", "case_log", "pages", "watched", "thread_messages", "outbox")
NEVER_PRESSES = 0.3
LONGEST_STEP_MS = 250.0


@dataclass
class Quarter:
    """What was measured in ninety days."""

    rows: dict[str, int] = field(default_factory=dict)
    steps_ms: list[float] = field(default_factory=list)
    retire_ms: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        shown = ", ".join(f"{name} {rows:,}" for name, rows in self.rows.items())
        half, most = self.at(self.steps_ms, 0.5), self.at(self.steps_ms, 0.99)
        steps = f"a step p50 {half:.1f}, p99 {most:.1f}, at most {max(self.steps_ms):.0f} ms"
        return f"{steps}; RETENTION at most {max(self.retire_ms):.0f} ms a day; {shown}"

    def at(self, times: list[float], share: float) -> float:
        """The time below which so many of *times* are."""
        return sorted(times)[int((len(times) - 1) * share)] if times else 0.0


class Company:
    """Its bot, without the part that listens."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.time = SimulatedTime()
        self.slack = SimulatedSlack(self.time)
        self.database = open_database(folder / "bot.db")
        outbox, readers, chain = Outbox(self.database, TEAM), Everybody(), Chain()
        redraws = Redraws(outbox, NoUpdates())
        self.redraws = redraws
        self.follow_ups = build(outbox, redraws, self.time, readers)
        store, neighbours = CaseStore(self.database, TEAM, outbox.set_aside), Neighbours()
        criteria = load(shipped_playbooks()).criteria
        settings = EscalationSettings(store, lambda: EscalationPlaybook(criteria, Policy()), channels=("CESC",))
        posts = CasePosts(
            store, outbox, redraws, blocks, Gathering(store, link, neighbours, settings.criteria), readers
        )
        self.paging = Paging(store, outbox, posts, chain)
        deeds = Deeds(self.database, TEAM)
        self.intake = Intake(store, self.paging, settings, chain, neighbours, self.time, deeds, readers)
        self.cases = Closing(store, outbox, self.paging, self.time, readers, lambda user: False)
        self.queue = DeliveryQueue(outbox)
        self.timers = [self.follow_ups.timer, self.follow_ups.promises, self.paging]
        self.sender = Sender(
            self.queue,
            self.slack,
            self.time,
            SETTLE,
            timers=self.timers,
            run=lambda work: work(),
            monotonic=self.time.monotonic,
        )
        self.quarter = Quarter()
        self.open: list[int] = []

    def until(self, moment: datetime) -> None:
        """Let time pass until then, from one thing that is due to the next."""
        while self.time.now() < moment:
            began = time.perf_counter()
            pause = self.sender.step()
            self.quarter.steps_ms.append((time.perf_counter() - began) * 1000)
            self.redraws.work_off()
            due = [timer.next_due() for timer in self.timers] + [self.sender.next_at()]
            coming = min((one for one in due if one is not None and one > self.time.now()), default=moment)
            wait = min(coming, moment) - self.time.now()
            self.time.pass_by(pause if pause < 1.0 else max(0.05, wait.total_seconds()))

    def day(self, number: int, follow_ups: int, cases: int) -> None:
        """One day of the company."""
        begins = self.time.now()
        for _ in range(follow_ups):
            self.make()
        for _ in range(cases):
            self.trouble()
        if number % 14 == 7:
            self.until(begins + timedelta(hours=1.9))
            self.slack.down = TROUBLES[1]
            self.until(begins + timedelta(hours=2.9))
            self.slack.down = None
        for hour in (4, 9, 14, 24):
            self.until(begins + timedelta(hours=hour))
            self.press()
        self.slack.kept = [one for one in self.slack.kept if one.at > self.time.true - timedelta(days=2)]
        began = time.perf_counter()
        retire(self.database, self.time.now() - RETENTION, [CasePurge(), FollowUpPurge()], now=self.time.now())
        self.quarter.retire_ms.append((time.perf_counter() - began) * 1000)

    def make(self) -> None:
        who, hours = f"U{self.chance.randrange(PEOPLE)}", self.chance.choice((2, 5, 26, 72, 400))
        due = LocalTime.of(self.time.now() + timedelta(hours=hours), ZoneInfo("Europe/Berlin"))
        customer = f"Customer {self.chance.randrange(800)}"
        promise = self.chance.random() < 0.2
        wanted = NewFollowUp(
            "send the three options", who, due, f"C{self.chance.randrange(CHANNELS)}", customer, promise=promise
        )
        self.open.append(self.follow_ups.make(wanted, who).number)

    def trouble(self) -> None:
        ts = f"{self.time.now().timestamp() + self.chance.random():.6f}"
        self.intake.said(
            "CESC",
            None,
            Utterance(
                f"U{self.chance.randrange(PEOPLE)}",
                Role.REP,
                OUTAGE.replace("Acme", f"Firma{self.chance.randrange(800)}"),
                ts,
            ),
        )

    def press(self) -> None:
        """People press what they were shown, but for those who never do."""
        for number in [one for one in self.open if self.chance.random() < 0.25]:
            self.open.remove(number)
            if self.chance.random() > NEVER_PRESSES:
                self.attempt(lambda n=number: self.follow_ups.done(n, "U1"))  # type: ignore[misc]
        for row in self.database.rows("SELECT number FROM cases WHERE state IN ('paging', 'acknowledged')"):
            if self.chance.random() > NEVER_PRESSES:
                self.attempt(lambda n=row["number"]: self.cases.resolve(n, "solved", "defect", "U1"))  # type: ignore[misc]

    def attempt(self, deed: object) -> None:
        try:
            deed()  # type: ignore[operator]
        except UserError:
            return  # somebody else was quicker, or it has ended

    def counted(self) -> dict[str, int]:
        return {table: self.database.rows(f"SELECT COUNT(*) AS n FROM {table}")[0]["n"] for table in TABLES}


def main() -> int:
    """Run them; the exit status is 1 where something is without end."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--days", type=int, default=730)
    read.add_argument("--follow-ups", type=int, default=25, help="a day")
    read.add_argument("--cases", type=int, default=3, help="a day")
    read.add_argument("--seed", type=int, default=11)
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        company, quarters, began = Company(Path(folder), asked.seed), [], time.monotonic()
        for number in range(asked.days):
            company.day(number, asked.follow_ups, asked.cases)
            if (number + 1) % 90 == 0:
                company.quarter.rows = company.counted()
                quarters.append(company.quarter)
                company.quarter = Quarter()
                print(f"day {number + 1}: {quarters[-1]}", flush=True)
        wrong = problems(company, quarters)
    print(
        f"{asked.days} days, seed {asked.seed}, {time.monotonic() - began:.0f} s; "
        + ("; ".join(wrong) or "all is well")
    )
    return 1 if wrong else 0


def problems(company: Company, quarters: list[Quarter]) -> list[str]:
    """What is without end."""
    wrong, now = [], company.time.now()
    old = (now - RETENTION - timedelta(days=2)).isoformat()
    older = (now - 2 * RETENTION - timedelta(days=2)).isoformat()
    for table in ("followups", "cases"):
        rows = company.database.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE closed_at < :old", {"old": old})
        if rows[0]["n"]:
            wrong.append(f"{rows[0]['n']} rows of {table} ended before RETENTION and are there")
    sql = "SELECT COUNT(*) AS n FROM followups WHERE state = 'due' AND due_at < :older"
    if company.database.rows(sql, {"older": older})[0]["n"]:
        wrong.append("reminders that nobody pressed never end")
    posted = [key for key, *_ in company.slack.posted]
    if len(posted) != len(set(posted)):
        wrong.append("a message came twice")
    if len(quarters) >= 8:
        for table in TABLES:
            before, after = quarters[5].rows[table], quarters[-1].rows[table]
            if after > 1.25 * before + 100:
                wrong.append(f"{table} still grows: {before:,} rows after 18 months, {after:,} at the end")
        if quarters[-1].at(quarters[-1].steps_ms, 0.99) > LONGEST_STEP_MS:
            wrong.append("a step takes longer and longer")
    return wrong


if __name__ == "__main__":
    sys.exit(main())

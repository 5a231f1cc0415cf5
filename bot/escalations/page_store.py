"""Rows of pages, what became of each, and the log of cases: SQL in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.clock import instant, is_instant, stamp
from bot.escalations.model import Case
from bot.escalations.thread_store import ThreadStore
from bot.storage.database import Row
from bot.storage.marks import counted_from

MET = "criterion met"  # what the log calls it
PASSED, PASSED_TO, GAVE = "passed it on", "passed it to", "gave it to"
CALLED_OFF = "called off"  # what is answered to a page in place of whom somebody else was chosen
QUIETED = ("handed back", "reopened")  # from then on the chain begins anew
ENDS_ASKING = (
    *QUIETED,
    "nobody answered",
    "nobody could be reached",
    "nobody is set to be paged",
    PASSED,
    "not needed",
)
CANCELLED = "withdrawn"  # the trouble of a page that was not needed any more before it left


@dataclass(frozen=True, slots=True)
class CaseLogEntry:
    """One line of a case's log: *who* did *what*; "" for the bot itself."""

    at: datetime
    who: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Page:
    """
    Somebody who is paged: for *criterion*, as number *number* of the case, and what they answered.

    *reached_at*: when the page had arrived; None while that is not known. *trouble*: why it could not be delivered.
    *answered_at*: when they answered.
    """

    number: int
    criterion: str
    who: str
    step: int
    at: datetime
    answer: str | None
    reason: str | None
    reached_at: datetime | None = None
    trouble: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What became of the page *number* of a case to *who*: arrived *at*, or not, because of *trouble*."""

    case: int
    number: int
    who: str
    at: datetime | None
    trouble: str


class PageStore(ThreadStore):
    """The pages of one team's cases, and their log. Every method raises StorageUnavailable."""

    def add_pages(self, case: Case, who: Sequence[str], step: int, now: datetime, *, page: int | None = None) -> int:
        """Write down that *who* are paged; returns the page's number: the next one, or *page* for more people of it."""
        if page is None:
            rows = self._rows("SELECT COALESCE(MAX(page), 0) + 1 AS n FROM pages WHERE team_id = :team AND number = :number", number=case.number)  # fmt: skip
            page = max(int(rows[0]["n"]), self._counted_from() + 1)
        for one in who:
            self._do(
                """
                INSERT INTO pages (team_id, number, page, criterion, who, step, paged_at)
                VALUES (:team, :number, :page, :criterion, :who, :step, :now)
                """,
                number=case.number, page=page, criterion=case.met[0].criterion if case.met else "", who=one, step=step,
                now=stamp(now),
            )  # fmt: skip
        return page

    def pages(self, number: int) -> list[Page]:
        """All pages of a case."""
        rows = self._rows(
            "SELECT * FROM pages WHERE team_id = :team AND number = :number ORDER BY page, who", number=number
        )
        return [_page(row) for row in rows if is_instant(row["paged_at"])]

    def left_out(self, case: Case) -> frozenset[str]:
        """Whom a page of *case* is not sent to: who could not be reached, passed it on, or asked for it themselves."""
        since = self.quiet_since(case.number)
        pages = [one for one in self.pages(case.number) if since is None or one.at > since]
        unreachable = {one.who for one in pages if one.trouble and one.trouble != CANCELLED}
        entries = [one for one in self.entries(case.number) if since is None or one.at > since]
        passed = {one.who for one in entries if one.what == PASSED}
        return frozenset(unreachable | passed | ({case.asked_by or ""} if since is None else set()))

    def quiet_since(self, number: int) -> datetime | None:
        """Since when a case was dealt with: handed back, or reopened; None where it never was."""
        return max((one.at for one in self.entries(number) if one.what in QUIETED), default=None)

    def reached(self) -> list[Reached]:
        """Pages of which it is known by now what became of them, and not written down yet: the outbox tells."""
        rows = self._rows(
            """
            SELECT pages.number, pages.page, pages.who, outbox.state, outbox.sent_at, outbox.trouble
            FROM pages JOIN outbox ON outbox.team_id = pages.team_id
                AND outbox.key = 'E' || pages.number || ':' || 'page:' || pages.page || ':' || pages.who
            WHERE pages.team_id = :team AND pages.reached IS NULL AND outbox.state IN ('sent', 'failed', 'withdrawn')
            ORDER BY pages.number, pages.page, pages.who
            """
        )
        return [
            Reached(
                row["number"],
                row["page"],
                row["who"],
                instant(row["sent_at"]) if row["state"] == "sent" and is_instant(row["sent_at"]) else None,
                ""
                if row["state"] == "sent"
                else CANCELLED
                if row["state"] == CANCELLED
                else row["trouble"] or "unknown",
            )
            for row in rows
        ]

    def note_reached(self, one: Reached, now: datetime) -> None:
        """Write down what became of a page."""
        self._do(
            """
            UPDATE pages SET reached = :reached, reached_at = :at, trouble = :trouble
            WHERE team_id = :team AND number = :number AND page = :page AND who = :who
            """,
            number=one.case, page=one.number, who=one.who, at=stamp(one.at or now), trouble=one.trouble or None,
            reached="failed" if one.trouble else "arrived",
        )  # fmt: skip

    def answer(self, number: int, who: str, answer: str, reason: str | None, now: datetime) -> None:
        """
        Write down what *who* said to the last page; everybody's, where they were not paged themselves.

        What was passed on is only ever somebody's own page.
        """
        self._do(
            """
            UPDATE pages SET answer = :answer, reason = :reason, answered_at = :now
            WHERE team_id = :team AND number = :number
                AND page = (SELECT MAX(page) FROM pages WHERE team_id = :team AND number = :number)
                AND (who = :who OR :answer <> 'passed on' AND NOT EXISTS (SELECT 1 FROM pages WHERE team_id = :team AND number = :number AND who = :who))
            """,
            number=number, who=who, answer=answer, reason=reason, now=stamp(now),
        )  # fmt: skip

    def call_off(self, number: int, now: datetime) -> None:
        """Nobody need answer the last page any more: somebody else was chosen."""
        self._do(
            """
            UPDATE pages SET answer = :answer, answered_at = :now
            WHERE team_id = :team AND number = :number AND answer IS NULL
                AND page = (SELECT MAX(page) FROM pages WHERE team_id = :team AND number = :number)
            """,
            number=number, answer=CALLED_OFF, now=stamp(now),
        )  # fmt: skip

    def explain(self, number: int, by: str, reason: str) -> bool:
        """Why *by* said that it was not needed; False where they did not."""
        return self._do(
            """
            UPDATE pages SET reason = :reason WHERE team_id = :team AND number = :number AND answer = 'not needed'
            AND EXISTS (SELECT 1 FROM case_log WHERE team_id = :team AND number = :number AND who = :by
                AND what = 'not needed')
            """,
            number=number, by=by, reason=reason,
        ) > 0  # fmt: skip

    def answers(self) -> list[tuple[str, str]]:
        """Criterion and answer of every page that was taken or not needed."""
        rows = self._rows(
            "SELECT DISTINCT number, page, criterion, answer FROM pages WHERE team_id = :team AND answer IN ('taken', 'not needed')"
        )
        return [(row["criterion"], row["answer"]) for row in rows]

    def log(self, number: int, who: str, what: str, detail: str, now: datetime) -> None:
        """Remember that *who* did *what*."""
        self._do(
            "INSERT INTO case_log (team_id, number, at, who, what, detail) VALUES (:team, :number, :now, :who, :what, :detail)",
            number=number, now=stamp(now), who=who, what=what, detail=detail,
        )  # fmt: skip

    def last_begun(self, by: str, since: datetime) -> tuple[int, datetime] | None:
        """The case that *by* began last by hand and is open, not before *since*, and when."""
        rows = self._rows(
            "SELECT case_log.number, case_log.at FROM case_log JOIN cases ON cases.team_id = case_log.team_id "
            "AND cases.number = case_log.number AND cases.opened_at = case_log.at AND cases.state <> 'closed' "
            "WHERE case_log.team_id = :team AND who = :by AND what = 'escalated' AND at >= :since "
            "AND case_log.id > (SELECT MAX(id) FROM case_log) - 5000 ORDER BY case_log.id DESC LIMIT 1",
            by=by, since=stamp(since),
        )  # fmt: skip
        return (rows[0]["number"], instant(rows[0]["at"])) if rows else None

    def entries(self, number: int) -> list[CaseLogEntry]:
        """The log of a case, oldest first."""
        rows = self._rows(
            "SELECT * FROM case_log WHERE team_id = :team AND number = :number ORDER BY id", number=number
        )
        return [
            CaseLogEntry(instant(row["at"]), row["who"], row["what"], row["detail"] or "")
            for row in rows
            if is_instant(row["at"])
        ]

    def times_unanswered(self, number: int) -> int:
        """How often nobody answered; no such number was used before."""
        ended = sum(one.what.startswith("nobody") for one in self.entries(number))
        return self._counted_from() + ended

    def _counted_from(self) -> int:
        return counted_from(self._database, self._team_id)


def _page(row: Row) -> Page:
    def at(name: str) -> datetime | None:
        return instant(row[name]) if is_instant(row[name]) else None

    return Page(
        row["page"], row["criterion"], row["who"], row["step"], instant(row["paged_at"]), row["answer"], row["reason"],
        at("reached_at") if row["reached"] == "arrived" else None, row["trouble"] or "", at("answered_at"),
    )  # fmt: skip

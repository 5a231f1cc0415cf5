"""The rows of praise, and what removes them."""

from collections.abc import Iterator
from datetime import datetime

from bot.storage.database import Database
from bot.storage.migrations import Migrations
from bot.storage.numbers import next_number
from bot.storage.purge import Leaver
from bot.storage.steps import Looks, Removed
from bot.storage.traces import NameTrace

TABLES = Migrations("throwaway")


@TABLES()
def m001_praise(db: object) -> None:
    db.conn.execute(  # type: ignore[attr-defined]
        "CREATE TABLE praise (team_id TEXT NOT NULL, number INTEGER NOT NULL, whom TEXT NOT NULL, "
        "by_whom TEXT NOT NULL, times INTEGER NOT NULL, PRIMARY KEY (team_id, number))"
    )


class PraiseStore:
    """The praise of one team."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id

    def add(self, whom: str, by: str) -> int:
        with self._database.transaction():
            number = next_number(self._database, self._team_id, "praise")
            self._database.execute(
                "INSERT INTO praise (team_id, number, whom, by_whom, times) VALUES (:team, :number, :whom, :by, 1)",
                {"team": self._team_id, "number": number, "whom": whom, "by": by},
            )
        return number

    def more(self, number: int) -> None:
        row = {"team": self._team_id, "number": number}
        self._database.execute("UPDATE praise SET times = times + 1 WHERE team_id = :team AND number = :number", row)

    def get(self, number: int) -> tuple[str, int]:
        row = {"team": self._team_id, "number": number}
        (found,) = self._database.rows("SELECT whom, times FROM praise WHERE team_id = :team AND number = :number", row)
        return found["whom"], found["times"]


class PraisePurge:
    """Removes praise. Nobody praises a customer here, and praise never ends."""

    def customer_names(self, database: Database) -> set[str]:
        return set()

    def customer(self, database: Database, name: NameTrace) -> Looks:
        yield from ()

    def without_anybody(self, database: Database, leaver: Leaver) -> list[str]:
        return []

    def user(self, database: Database, leaver: Leaver) -> Looks:
        def praise(removed: Removed) -> None:
            removed["praise"] = database.execute("DELETE FROM praise WHERE by_whom = :who", {"who": leaver.user})

        yield [praise]

    def end_what_nobody_ends(self, database: Database, before: datetime, now: datetime) -> Looks:
        yield from ()

    def ended_before(self, database: Database, before: datetime) -> Looks:
        yield from ()


def stories(database: Database, number: int, zone: str) -> Iterator[str]:
    for row in database.rows("SELECT whom FROM praise WHERE number = :number", {"number": number}):
        yield f"P{number}: {row['whom']} was praised"

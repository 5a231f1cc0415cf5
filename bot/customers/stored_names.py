"""The keys of customers in what is stored: made anew once, where a program of an older version had made them."""

from bot.customers.names import name_key
from bot.storage.database import Database
from bot.storage.marks import Marks

_VERSION = "1"  # of `name_key`: raise it where the same name would get another key


def bring_up_to_date(database: Database, team_id: str, table: str) -> None:
    """Let `name` of each row of *table* be the key of its `customer`. Raises StorageUnavailable."""
    marks, mark = Marks(database, team_id), f"names:{table}"
    if marks.get(mark) == _VERSION:
        return
    team = {"team": team_id}
    named = f"SELECT DISTINCT customer, name FROM {table} WHERE team_id = :team AND customer IS NOT NULL"  # noqa: S608
    with database.transaction():
        for row in database.rows(named, team):
            if (key := name_key(row["customer"])) != row["name"]:
                database.execute(
                    f"UPDATE {table} SET name = :name WHERE team_id = :team AND customer = :customer",  # noqa: S608
                    {**team, "name": key, "customer": row["customer"]},
                )
        marks.set(mark, _VERSION)

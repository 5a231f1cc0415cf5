"""Rows of watched threads and of what was said in them: SQL in, values out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.clock import stamp
from bot.escalations.detection.sentences import Role, Utterance
from bot.storage.database import Database, Row

_READ = 60  # messages of a thread that are read, the last ones


class ThreadStore:
    """The watched threads of one team. Every method raises StorageUnavailable where nothing can be stored."""

    def __init__(self, database: Database, team_id: str) -> None:
        self._database = database
        self._team_id = team_id
        self.transaction = database.transaction

    def watch(self, channel: str, thread_ts: str, now: datetime) -> None:
        """Begin to watch a thread."""
        self._do(
            """
            INSERT INTO watched (team_id, channel, thread_ts, began_at) VALUES (:team, :channel, :thread, :now)
            ON CONFLICT (team_id, channel, thread_ts) DO NOTHING
            """,
            channel=channel, thread=thread_ts, now=stamp(now),
        )  # fmt: skip

    def is_watched(self, channel: str, thread_ts: str) -> bool:
        """Whether what is said in that thread is read."""
        where = "team_id = :team AND channel = :channel AND thread_ts = :thread"
        return bool(self._rows(f"SELECT 1 FROM watched WHERE {where}", channel=channel, thread=thread_ts))  # noqa: S608

    def join(self, channel: str, thread_ts: str, number: int) -> None:
        """What is said in that thread belongs to the case *number* from now on."""
        self._do(
            "UPDATE watched SET joined = :number WHERE team_id = :team AND channel = :channel AND thread_ts = :thread",
            channel=channel, thread=thread_ts, number=number,
        )  # fmt: skip

    def joined_to(self, number: int) -> list[tuple[str, str]]:
        """The channels and threads that have joined the case *number*."""
        rows = self._rows(
            "SELECT channel, thread_ts FROM watched WHERE team_id = :team AND joined = :number ORDER BY began_at",
            number=number,
        )
        return [(row["channel"], row["thread_ts"]) for row in rows]

    def read_anew(self, number: int) -> None:
        """What was said so far in the threads that have joined the case *number* counts no more."""
        for channel, thread_ts in self.joined_to(number):
            self._do(
                "UPDATE watched SET read_from = :last "
                "WHERE team_id = :team AND channel = :channel AND thread_ts = :thread",
                channel=channel, thread=thread_ts, last=self.last_ts(channel, thread_ts),
            )  # fmt: skip

    def part(self, number: int) -> None:
        """The case *number* is over: what was said in the threads that have joined it counts no more."""
        self.read_anew(number)
        self._do("UPDATE watched SET joined = NULL WHERE team_id = :team AND joined = :number", number=number)

    def read_from(self, channel: str, thread_ts: str) -> str:
        """What was said there before this ts counts no more, since the case that it belonged to is over."""
        where = "team_id = :team AND channel = :channel AND thread_ts = :thread"
        rows = self._rows(f"SELECT read_from FROM watched WHERE {where}", channel=channel, thread=thread_ts)  # noqa: S608
        return str(rows[0]["read_from"]) if rows else ""

    def words_at(self, channel: str, ts: str) -> Utterance | None:
        """The message at *ts*, where it is kept and was not deleted."""
        rows = self._rows(
            "SELECT ts, author, role, text FROM thread_messages "
            "WHERE team_id = :team AND channel = :channel AND ts = :ts AND deleted = 0",
            channel=channel, ts=ts,
        )  # fmt: skip
        return Utterance(rows[0]["author"], _role(rows[0]["role"]), rows[0]["text"], rows[0]["ts"]) if rows else None

    def say(self, channel: str, thread_ts: str, one: Utterance, version: str, now: datetime) -> bool:
        """
        Keep what was said at its ts, in place of what stood there before; False if nothing changes by it.

        *version* is when it was written or last edited (Slack's ts): what is older than what is kept changes nothing,
        nor does anything bring back what was deleted.
        """
        changed = self._do(
            """
            INSERT INTO thread_messages (team_id, channel, thread_ts, ts, author, role, text, version, at)
            VALUES (:team, :channel, :thread, :ts, :author, :role, :text, :version, :now)
            ON CONFLICT (team_id, channel, thread_ts, ts) DO UPDATE SET
                author = excluded.author, role = excluded.role, text = excluded.text, version = excluded.version,
                at = excluded.at
            WHERE thread_messages.deleted = 0 AND thread_messages.version < excluded.version
            """,
            channel=channel, thread=thread_ts, ts=one.ts, author=one.author, role=str(one.role), text=one.text,
            version=version, now=stamp(now),
        )  # fmt: skip
        return changed == 1

    def delete_message(self, channel: str, thread_ts: str, ts: str, now: datetime) -> bool:
        """
        Forget the words of the message at *ts*, and that it is deleted remember; False if that was known.

        So what is delivered after its deletion does not come back.
        """
        return self._do(
            """
            INSERT INTO thread_messages (team_id, channel, thread_ts, ts, author, role, text, deleted, at)
            VALUES (:team, :channel, :thread, :ts, '', 'unknown', '', 1, :now)
            ON CONFLICT (team_id, channel, thread_ts, ts) DO UPDATE SET author = '', text = '', deleted = 1, at = :now
            WHERE thread_messages.deleted = 0
            """,
            channel=channel, thread=thread_ts, ts=ts, now=stamp(now),
        ) == 1  # fmt: skip

    def thread_of(self, channel: str, ts: str) -> str | None:
        """The thread of a message that is kept."""
        found = self._rows(
            "SELECT thread_ts FROM thread_messages WHERE team_id = :team AND channel = :channel AND ts = :ts",
            channel=channel, ts=ts,
        )  # fmt: skip
        return str(found[0]["thread_ts"]) if found else None

    def stands(self, channel: str, thread_ts: str, ts: str) -> bool:
        """Whether the message at *ts* is kept, and was not deleted."""
        rows = self._rows(
            "SELECT 1 FROM thread_messages WHERE team_id = :team AND channel = :channel AND thread_ts = :thread "
            "AND ts = :ts AND deleted = 0",
            channel=channel, thread=thread_ts, ts=ts,
        )  # fmt: skip
        return bool(rows)

    def thread(self, channel: str, thread_ts: str, after: str = "") -> list[Utterance]:
        """The last messages of a thread behind *after*, oldest first."""
        rows = self._rows(
            f"""
            SELECT ts, author, role, text FROM thread_messages
            WHERE team_id = :team AND channel = :channel AND thread_ts = :thread AND ts > :after AND deleted = 0
            ORDER BY ts DESC LIMIT {_READ}
            """,  # noqa: S608 - a constant of ours
            channel=channel, thread=thread_ts, after=after,
        )  # fmt: skip
        return [Utterance(row["author"], _role(row["role"]), row["text"], row["ts"]) for row in reversed(rows)]

    def open_threads(self) -> list[tuple[str, str]]:
        """The channels and threads of all open cases."""
        rows = self._rows(
            "SELECT channel, thread_ts FROM cases WHERE team_id = :team AND state <> 'closed' AND thread_ts <> ''"
        )
        return [(row["channel"], row["thread_ts"]) for row in rows]

    def kept(self, thread: tuple[str, str]) -> list[str]:
        """The ts of all messages of a channel's thread that are kept."""
        rows = self._rows(
            "SELECT ts FROM thread_messages WHERE team_id = :team AND channel = :channel AND thread_ts = :thread "
            "AND deleted = 0",
            channel=thread[0], thread=thread[1],
        )  # fmt: skip
        return [row["ts"] for row in rows]

    def last_ts(self, channel: str, thread_ts: str) -> str:
        """The last message of a thread that was kept."""
        rows = self._rows(
            "SELECT MAX(ts) AS ts FROM thread_messages "
            "WHERE team_id = :team AND channel = :channel AND thread_ts = :thread",
            channel=channel, thread=thread_ts,
        )  # fmt: skip
        return rows[0]["ts"] or ""

    def _rows(self, sql: str, **values: Any) -> Sequence[Row]:
        return self._database.rows(sql, {"team": self._team_id, **values})

    def _do(self, sql: str, **values: Any) -> int:
        return self._database.execute(sql, {"team": self._team_id, **values})


def _role(kept: str) -> Role:
    """Who somebody is, as it is kept; unknown, where that cannot be read."""
    return Role(kept) if kept in tuple(Role) else Role.UNKNOWN

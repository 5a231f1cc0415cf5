"""
The schema, step by step. A step that was released never changes; a new one is added at the end.

Every table has `team_id`, so that workspaces never see each other's rows. Times are UTC in ISO 8601.
"""

from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations as Migrations

APPLICATION_ID = 0x70756768  # "pugh" in ASCII: marks a file as ours
MIGRATIONS = Migrations("toughcustomer")


def known() -> frozenset[str]:
    """The names of all steps that this program has."""
    return frozenset(step.name for step in MIGRATIONS._migrations)


@MIGRATIONS()
def m001_inbox(db: SqliteUtils) -> None:
    """Events, kept before they are acknowledged. *subject* is ``channel:ts`` of the message a person wrote."""
    db.conn.execute(
        """
        CREATE TABLE inbox (
            team_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT,
            received_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('received', 'working', 'done')),
            payload TEXT,
            PRIMARY KEY (team_id, event_id)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE UNIQUE INDEX inbox_subject ON inbox (team_id, subject) WHERE subject IS NOT NULL")
    db.conn.execute("CREATE INDEX inbox_open ON inbox (state, received_at) WHERE state <> 'done'")
    db.conn.execute("CREATE INDEX inbox_received_at ON inbox (received_at)")


@MIGRATIONS()
def m002_thumbs(db: SqliteUtils) -> None:
    """What people thought of a card. *answer* is a random token, so that a changed mind replaces the first one."""
    db.conn.execute(
        """
        CREATE TABLE thumbs (
            team_id TEXT NOT NULL,
            answer TEXT NOT NULL,
            card_id TEXT NOT NULL,
            helped INTEGER NOT NULL CHECK (helped IN (0, 1)),
            example TEXT,
            words TEXT,
            created_at TEXT NOT NULL,
            PRIMARY KEY (team_id, answer, card_id)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX thumbs_card ON thumbs (team_id, card_id)")


@MIGRATIONS()
def m003_outbox(db: SqliteUtils) -> None:
    """
    Messages that must arrive. *place* is the channel, or ``@`` and a person whose direct conversation is not open yet.

    *tell* lists, as JSON, who is told in turn when it cannot be delivered. *look_at*: when to look for one in doubt.
    *unwanted*: what it was for ended while it was on its way. *private_to*: who alone may be told its text elsewhere.
    """
    db.conn.execute(
        """
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            team_id TEXT NOT NULL,
            key TEXT NOT NULL,
            subject TEXT NOT NULL,
            place TEXT NOT NULL,
            thread_ts TEXT,
            urgent INTEGER NOT NULL DEFAULT 0,
            joinable INTEGER NOT NULL DEFAULT 0,
            body TEXT NOT NULL,
            tell TEXT NOT NULL DEFAULT '[]',
            due_at TEXT NOT NULL,
            planned_at TEXT NOT NULL,
            not_before TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                ('pending', 'claimed', 'sending', 'in_doubt', 'held', 'sent', 'failed', 'withdrawn')),
            owner TEXT,
            attempt INTEGER NOT NULL DEFAULT 0,
            claimed_at TEXT,
            sending_at TEXT,
            sent_at TEXT,
            look_at TEXT,
            looks INTEGER NOT NULL DEFAULT 0,
            slack_ts TEXT,
            trouble TEXT,
            late_because TEXT,
            unwanted INTEGER NOT NULL DEFAULT 0,
            private_to TEXT NOT NULL DEFAULT '[]'
        )
        """
    )
    db.conn.execute("CREATE UNIQUE INDEX outbox_key ON outbox (team_id, key)")
    db.conn.execute("CREATE INDEX outbox_pending ON outbox (place, urgent DESC, id) WHERE state = 'pending'")
    db.conn.execute("CREATE INDEX outbox_next ON outbox (not_before) WHERE state = 'pending'")
    db.conn.execute(
        "CREATE INDEX outbox_open ON outbox (state) WHERE state IN ('claimed', 'sending', 'in_doubt', 'held', 'failed')"
    )
    db.conn.execute(
        """
        CREATE INDEX outbox_thread ON outbox (place, thread_ts, id)
        WHERE thread_ts IS NOT NULL AND state IN ('pending', 'claimed', 'sending', 'in_doubt')
        """
    )
    db.conn.execute("CREATE INDEX outbox_message ON outbox (place, slack_ts) WHERE slack_ts IS NOT NULL")
    db.conn.execute("CREATE INDEX outbox_subject ON outbox (team_id, subject)")


@MIGRATIONS()
def m004_followups(db: SqliteUtils) -> None:
    """
    Follow-ups. *number* is what people call it: F12. *occurrence* counts its reminders: each new time is another one.

    *due_at* is in UTC; *wall*, *zone* and *rule* (an RRULE that began at *wall*) are what it was computed from.
    """
    db.conn.execute(
        """
        CREATE TABLE followups (
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            customer TEXT,
            text TEXT NOT NULL,
            owner TEXT NOT NULL,
            maker TEXT NOT NULL,
            channel TEXT NOT NULL,
            thread_ts TEXT,
            private INTEGER NOT NULL DEFAULT 0,
            due_at TEXT NOT NULL,
            wall TEXT NOT NULL,
            zone TEXT NOT NULL,
            rule TEXT,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'due', 'done', 'cancelled')),
            occurrence INTEGER NOT NULL DEFAULT 1,
            made_at TEXT NOT NULL,
            closed_at TEXT,
            closed_by TEXT,
            PRIMARY KEY (team_id, number)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX followups_due ON followups (team_id, due_at) WHERE state = 'waiting'")
    db.conn.execute("CREATE INDEX followups_open ON followups (team_id, owner) WHERE state IN ('waiting', 'due')")
    db.conn.execute("CREATE INDEX followups_here ON followups (team_id, channel) WHERE state IN ('waiting', 'due')")
    db.conn.execute("CREATE INDEX followups_customer ON followups (team_id, customer) WHERE customer IS NOT NULL")
    db.conn.execute(
        """
        CREATE TABLE followup_log (
            id INTEGER PRIMARY KEY,
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            detail TEXT
        )
        """
    )
    db.conn.execute("CREATE INDEX followup_log_number ON followup_log (team_id, number)")


@MIGRATIONS()
def m005_cases(db: SqliteUtils) -> None:
    """
    Watched threads with what was said in them, cases, their pages and their log; and what was set in Slack.

    *number* is what people call a case: E7. *policy* is the policy that it began with, as JSON, with zones and members.
    *due_at*: when something is to happen next; *closed_at* is set with the outcome. *thread_ts* is empty until the
    message that begins the thread has been posted; *name* is the customer's, case folded.
    """
    db.conn.execute(
        """
        CREATE TABLE watched (
            team_id TEXT NOT NULL,
            channel TEXT NOT NULL,
            thread_ts TEXT NOT NULL,
            began_at TEXT NOT NULL,
            PRIMARY KEY (team_id, channel, thread_ts)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE thread_messages (
            team_id TEXT NOT NULL,
            channel TEXT NOT NULL,
            thread_ts TEXT NOT NULL,
            ts TEXT NOT NULL,
            author TEXT NOT NULL,
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team_id, channel, thread_ts, ts)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE cases (
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            channel TEXT NOT NULL,
            thread_ts TEXT NOT NULL,
            private INTEGER NOT NULL DEFAULT 0,
            customer TEXT,
            name TEXT,
            owner TEXT NOT NULL,
            asked_by TEXT,
            policy TEXT NOT NULL,
            met TEXT NOT NULL DEFAULT '[]',
            muted TEXT NOT NULL DEFAULT '[]',
            state TEXT NOT NULL CHECK (state IN ('open', 'paging', 'acknowledged', 'unanswered', 'closed')),
            step INTEGER NOT NULL DEFAULT 0,
            tries INTEGER NOT NULL DEFAULT 0,
            due_at TEXT,
            taken_by TEXT,
            taken_until TEXT,
            read_from TEXT NOT NULL DEFAULT '',
            opened_at TEXT NOT NULL,
            closed_at TEXT,
            closed_by TEXT,
            outcome TEXT,
            cause TEXT,
            PRIMARY KEY (team_id, number)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX thread_messages_ts ON thread_messages (team_id, channel, ts)")
    db.conn.execute(
        "CREATE UNIQUE INDEX cases_open ON cases (team_id, channel, thread_ts) "
        "WHERE state <> 'closed' AND thread_ts <> ''"
    )
    db.conn.execute("CREATE INDEX cases_thread ON cases (channel, thread_ts)")
    db.conn.execute("CREATE INDEX cases_unplaced ON cases (thread_ts) WHERE thread_ts = ''")
    db.conn.execute("CREATE INDEX cases_state ON cases (state) WHERE state <> 'closed'")
    db.conn.execute("CREATE INDEX cases_due ON cases (team_id, due_at) WHERE due_at IS NOT NULL")
    db.conn.execute("CREATE INDEX cases_name ON cases (name, customer) WHERE name IS NOT NULL")
    db.conn.execute(
        """
        CREATE TABLE pages (
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            page INTEGER NOT NULL,
            criterion TEXT NOT NULL,
            who TEXT NOT NULL,
            step INTEGER NOT NULL,
            paged_at TEXT NOT NULL,
            answer TEXT,
            reason TEXT,
            answered_at TEXT,
            PRIMARY KEY (team_id, number, page, who)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE case_log (
            id INTEGER PRIMARY KEY,
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL,
            detail TEXT
        )
        """
    )
    db.conn.execute("CREATE INDEX case_log_number ON case_log (team_id, number)")
    db.conn.execute(
        """
        CREATE TABLE settings (
            team_id TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (team_id, name)
        ) WITHOUT ROWID
        """
    )


@MIGRATIONS()
def m006_promises(db: SqliteUtils) -> None:
    """
    Promises to customers, each a follow-up of that number. *next_at*: when its owner is warned, or it is broken.

    *reported*: whoever hears of broken ones has heard of it.
    """
    db.conn.execute("ALTER TABLE followups ADD COLUMN promise INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("CREATE INDEX followups_thread ON followups (team_id, channel, thread_ts) WHERE promise = 1")
    db.conn.execute(
        """
        CREATE TABLE promises (
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            made_at TEXT NOT NULL,
            due_at TEXT NOT NULL,
            next_at TEXT,
            broken_at TEXT,
            reported INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (team_id, number)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX promises_next ON promises (team_id, next_at) WHERE next_at IS NOT NULL")
    db.conn.execute("CREATE INDEX promises_broken ON promises (team_id) WHERE broken_at IS NOT NULL AND reported = 0")


_KIND_BY_KEY = """
    CASE
        WHEN key LIKE '%:page:%' THEN 'page'
        WHEN key LIKE 'E%:ledger%' THEN 'ledger'
        WHEN key LIKE 'E%:root%' THEN 'root'
        WHEN key LIKE 'E%' THEN 'thread'
        WHEN key LIKE '%:given:%' THEN 'given'
        WHEN key LIKE '%:half%' OR key LIKE '%:most%' THEN 'warning'
        WHEN key LIKE '%:lost%' THEN 'lost'
        ELSE 'reminder'
    END
"""
_RECIPIENT_BY_KEY = """
    CASE
        WHEN key LIKE '%/told:%' THEN substr(key, instr(key, '/told:') + 6)
        WHEN key LIKE '%:page:%' THEN replace(key, rtrim(key, replace(key, ':', '')), '')
        WHEN channel LIKE '@%' THEN substr(channel, 2)
    END
"""


@MIGRATIONS()
def m007_kinds_redraws_numbers(db: SqliteUtils) -> None:
    """
    Messages say what they are and for whom, so that no key is read; drawing anew is a row; numbers are counted.

    *shown* is the digest of what a message looks like in Slack, where it was drawn anew. Every index leads with the
    team, so that workspaces cost one another nothing. What older rows are and for whom is read from their keys, once.
    """
    for old, new in (
        ("place", "channel"),
        ("tell", "fallback_to"),
        ("look_at", "verify_at"),
        ("looks", "verifications"),
    ):
        db.conn.execute(f"ALTER TABLE outbox RENAME COLUMN {old} TO {new}")
    db.conn.execute("ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE outbox ADD COLUMN recipient TEXT")
    db.conn.execute("ALTER TABLE outbox ADD COLUMN shown TEXT")
    db.conn.execute("UPDATE outbox SET shown = '' WHERE state = 'sent'")  # it may have been drawn anew: nobody knows
    db.conn.execute(f"UPDATE outbox SET kind = {_KIND_BY_KEY}, recipient = {_RECIPIENT_BY_KEY}")  # noqa: S608 - ours
    db.conn.execute(
        """
        UPDATE outbox SET recipient = (
            SELECT followups.owner FROM followups
            WHERE followups.team_id = outbox.team_id AND outbox.subject = 'F' || followups.number
        )
        WHERE recipient IS NULL AND kind IN ('given', 'warning', 'lost')
        """
    )
    for index in ("pending", "next", "open", "thread", "message"):
        db.conn.execute(f"DROP INDEX outbox_{index}")
    for index in ("thread", "unplaced", "state", "name"):
        db.conn.execute(f"DROP INDEX cases_{index}")
    db.conn.execute("DROP INDEX inbox_open")
    db.conn.execute("DROP INDEX inbox_received_at")
    for made in (
        "outbox_pending ON outbox (team_id, channel, urgent DESC, id) WHERE state = 'pending'",
        "outbox_next ON outbox (team_id, not_before) WHERE state = 'pending'",
        "outbox_doubtful ON outbox (team_id, verify_at) WHERE state = 'in_doubt'",
        "outbox_open ON outbox (team_id, state) WHERE state IN ('claimed', 'sending', 'in_doubt', 'held', 'failed')",
        """
        outbox_thread ON outbox (team_id, channel, thread_ts, id)
        WHERE thread_ts IS NOT NULL AND state IN ('pending', 'claimed', 'sending', 'in_doubt')
        """,
        "outbox_message ON outbox (team_id, channel, slack_ts) WHERE slack_ts IS NOT NULL",
        "outbox_recipient ON outbox (team_id, recipient) WHERE recipient IS NOT NULL",
        "cases_thread ON cases (team_id, channel, thread_ts)",
        "cases_unplaced ON cases (team_id, thread_ts) WHERE thread_ts = ''",
        "cases_state ON cases (team_id, state) WHERE state <> 'closed'",
        "cases_name ON cases (team_id, name, customer) WHERE name IS NOT NULL",
        "inbox_open ON inbox (team_id, state, received_at) WHERE state <> 'done'",
        "inbox_received_at ON inbox (team_id, received_at)",
    ):
        db.conn.execute(f"CREATE INDEX {made}")
    db.conn.execute(
        """
        CREATE TABLE redraws (
            team_id TEXT NOT NULL,
            subject TEXT NOT NULL,
            asked INTEGER NOT NULL DEFAULT 1,
            PRIMARY KEY (team_id, subject)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE numbers (
            team_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (team_id, kind)
        ) WITHOUT ROWID
        """
    )
    for kind, table in (("followup", "followups"), ("case", "cases")):
        db.conn.execute(
            f"INSERT INTO numbers SELECT team_id, '{kind}', MAX(number) FROM {table} GROUP BY team_id"  # noqa: S608
        )


# What SQLite's planner believes of each index: its rows, and how many are alike in the first column, in the first two …
# Without it, it takes the ten rows that it guesses a team has for fewer than those of one thread or of one channel.
_STATISTICS = {
    "cases": {
        "cases": "20000 20000 1",
        "cases_thread": "20000 20000 500 1",
        "cases_open": "50 50 3 1",
        "cases_state": "50 50 20",
        "cases_unplaced": "2 2 2",
        "cases_due": "50 50 2",
        "cases_name": "10000 10000 20 20",
    },
    "followups": {
        "followups": "100000 100000 1",
        "followups_due": "20000 20000 2",
        "followups_open": "20000 20000 100",
        "followups_here": "20000 20000 200",
        "followups_customer": "50000 50000 50",
        "followups_thread": "2000 2000 50 2",
    },
    "promises": {"promises": "2000 2000 1", "promises_next": "50 50 2", "promises_broken": "2 2"},
    "outbox": {
        "outbox_key": "200000 200000 1",
        "outbox_subject": "200000 200000 3",
        "outbox_pending": "200 200 20 10 1",
        "outbox_next": "200 200 2",
        "outbox_open": "50 50 20",
        "outbox_doubtful": "10 10 2",
        "outbox_thread": "50 50 10 2 1",
        "outbox_message": "150000 150000 2000 1",
        "outbox_recipient": "50000 50000 200",
    },
    "inbox": {"inbox": "20000 20000 1", "inbox_open": "20 20 20 1", "inbox_received_at": "20000 20000 1"},
}


@MIGRATIONS()
def m008_statistics(db: SqliteUtils) -> None:
    """What the planner believes of a team that has used the bot for a year, in place of its guesses."""
    db.conn.execute("ANALYZE")  # makes the table
    for kept in ("sqlite_stat1", "sqlite_stat4"):  # the latter holds values of rows, where SQLite is built with it
        if db[kept].exists():
            db.conn.execute(f"DELETE FROM {kept}")  # noqa: S608 - one of two
    rows = [(table, index, stat) for table, indexes in _STATISTICS.items() for index, stat in indexes.items()]
    db.conn.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
    db.conn.execute("ANALYZE sqlite_schema")  # reads them


@MIGRATIONS()
def m009_around_the_core(db: SqliteUtils) -> None:
    """
    What comes in is done once, what cannot be read is set aside, and who may read is asked of where words were said.

    *inbox*: tried again at *not_before*, dead after a number of *attempts*. *deeds*: what was done because of which
    message, window or press. *token*: the random part of what buttons carry. *home*: where a case posts, where other
    organisations read its channel. *version* and *deleted* of a message:
    what came late does not replace what came after it. *origin*: the conversation whose members may read a message's
    words; *known_to*: who knows them anyway; *withheld*: what others get in their place. *doubt_until*: until when it
    may have been posted, where only a backup remembers it. *last_known*: what Slack said of people, groups, channels.
    """
    _m009_inbox(db)
    for table in (
        """
        deeds (
            team_id TEXT NOT NULL,
            cause TEXT NOT NULL,
            subject TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team_id, cause)
        ) WITHOUT ROWID
        """,
        """
        quarantine (
            team_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            why TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team_id, kind, key)
        ) WITHOUT ROWID
        """,
        """
        last_known (
            team_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('person', 'group', 'channel', 'members', 'direct')),
            id TEXT NOT NULL,
            value TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team_id, kind, id)
        ) WITHOUT ROWID
        """,
        """
        marks (
            team_id TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (team_id, name)
        ) WITHOUT ROWID
        """,
    ):
        db.conn.execute(f"CREATE TABLE {table}")
    db.conn.execute("CREATE INDEX deeds_at ON deeds (team_id, at)")
    for table in ("cases", "followups"):
        db.conn.execute(f"ALTER TABLE {table} ADD COLUMN token TEXT NOT NULL DEFAULT ''")
        db.conn.execute(f"CREATE INDEX {table}_closed ON {table} (closed_at) WHERE closed_at IS NOT NULL")
    db.conn.execute("ALTER TABLE cases ADD COLUMN home TEXT")
    # for the self-audit: what was put due, by its time; promises that are not kept yet
    db.conn.execute("CREATE INDEX followups_reminded ON followups (team_id, due_at) WHERE state = 'due'")
    db.conn.execute(
        "CREATE INDEX followups_promises_open ON followups (team_id, number) "
        "WHERE promise = 1 AND state IN ('waiting', 'due')"
    )
    db.conn.execute("ALTER TABLE thread_messages ADD COLUMN version TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE thread_messages ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("CREATE INDEX cases_open_since ON cases (opened_at, team_id, number) WHERE state <> 'closed'")
    db.conn.execute("CREATE INDEX followups_due_since ON followups (due_at) WHERE state = 'due'")
    _m009_names(db)
    db.conn.execute("CREATE INDEX thread_messages_at ON thread_messages (at)")
    db.conn.execute("CREATE INDEX watched_began_at ON watched (began_at)")
    db.conn.execute("ALTER TABLE outbox RENAME COLUMN private_to TO known_to")
    for column in ("origin TEXT", "withheld TEXT", "doubt_until TEXT", "unreadable INTEGER NOT NULL DEFAULT 0"):
        db.conn.execute(f"ALTER TABLE outbox ADD COLUMN {column}")
    db.conn.execute("ALTER TABLE outbox ADD COLUMN left_at TEXT")  # the same moment as sending_at, by Slack's clock
    # what was drawn for somebody outside was drawn without words: it may be shown to them as it is
    db.conn.execute(
        "UPDATE outbox SET withheld = body WHERE known_to <> '[]' AND recipient IS NOT NULL "
        "AND known_to NOT LIKE '%\"' || recipient || '\"%'"
    )
    db.conn.execute("UPDATE outbox SET known_to = '[]' WHERE subject LIKE 'E%'")
    for letter, table in (("E", "cases"), ("F", "followups")):
        db.conn.execute(
            f"""
            UPDATE outbox SET origin = (
                SELECT channel FROM {table} WHERE {table}.team_id = outbox.team_id
                AND {table}.number = CAST(substr(outbox.subject, 2) AS INTEGER)
            )
            WHERE subject LIKE '{letter}%'
            """  # noqa: S608 - one of two
        )
    db.conn.execute("CREATE INDEX outbox_over ON outbox (due_at) WHERE state IN ('sent', 'failed', 'withdrawn')")
    rows = [("deeds", "deeds", "5000 5000 1"), ("deeds", "deeds_at", "5000 5000 1")]
    rows += [("cases", "cases_closed", "15000 1"), ("followups", "followups_closed", "80000 1")]
    rows += [("followups", "followups_reminded", "5000 5000 2"), ("followups", "followups_promises_open", "500 500 1")]
    rows += [("cases", "cases_open_since", "50 1 1 1"), ("followups", "followups_due_since", "500 1")]
    rows += [
        ("followups", "followups_names", "50000 50000 50 50"),
        ("followups", "followups_open_name", "20000 20000 5"),
    ]
    rows += [("outbox", "outbox_over", "150000 2")]
    db.conn.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
    db.conn.execute("ANALYZE sqlite_schema")


def _m009_names(db: SqliteUtils) -> None:
    """*name* of a follow-up is its customer's, case folded, as that of a case is."""
    db.conn.execute("ALTER TABLE followups ADD COLUMN name TEXT")
    for row in db.conn.execute("SELECT DISTINCT customer FROM followups WHERE customer IS NOT NULL").fetchall():
        db.conn.execute("UPDATE followups SET name = ? WHERE customer = ?", (row[0].casefold(), row[0]))
    db.conn.execute("DROP INDEX followups_customer")
    db.conn.execute("DELETE FROM sqlite_stat1 WHERE idx = 'followups_customer'")
    db.conn.execute("CREATE INDEX followups_names ON followups (team_id, name, customer) WHERE name IS NOT NULL")
    db.conn.execute(
        "CREATE INDEX followups_open_name ON followups (team_id, name) "
        "WHERE name IS NOT NULL AND state IN ('waiting', 'due')"
    )


def _m009_inbox(db: SqliteUtils) -> None:
    """The same table with one more state, which only a new table can take."""
    db.conn.execute(
        """
        CREATE TABLE inbox_anew (
            team_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT,
            received_at TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('received', 'working', 'done', 'dead')),
            payload TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            not_before TEXT,
            trouble TEXT,
            PRIMARY KEY (team_id, event_id)
        ) WITHOUT ROWID
        """
    )
    db.conn.execute(
        "INSERT INTO inbox_anew (team_id, event_id, kind, subject, received_at, state, payload) "
        "SELECT team_id, event_id, kind, subject, received_at, state, payload FROM inbox"
    )
    db.conn.execute("DROP TABLE inbox")
    db.conn.execute("ALTER TABLE inbox_anew RENAME TO inbox")
    db.conn.execute("CREATE UNIQUE INDEX inbox_subject ON inbox (team_id, subject) WHERE subject IS NOT NULL")
    db.conn.execute("CREATE INDEX inbox_open ON inbox (team_id, state, received_at) WHERE state <> 'done'")
    db.conn.execute("CREATE INDEX inbox_received_at ON inbox (team_id, received_at)")
    rows = [(index, stat) for index, stat in _STATISTICS["inbox"].items()]
    db.conn.execute("DELETE FROM sqlite_stat1 WHERE tbl IN ('inbox', 'inbox_anew')")
    db.conn.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('inbox', ?, ?)", rows)


@MIGRATIONS()
def m010_cases_as_lived(db: SqliteUtils) -> None:
    """
    What a page became, one open case for a customer, and how a case ended.

    *pages.reached*: NULL while it is under way, then "arrived" or "failed", because of *trouble*; *reached_at* when
    that was known. *watched.joined*: the number of the case that a thread belongs to although it lives in another;
    *watched.read_from*: what was said before counts no more. *cases.card*: the card that fitted at the beginning;
    *cases.line*: what somebody wrote at its end.
    """
    for column in ("reached TEXT", "reached_at TEXT", "trouble TEXT"):
        db.conn.execute(f"ALTER TABLE pages ADD COLUMN {column}")
    row = """
        SELECT outbox.state FROM outbox WHERE outbox.team_id = pages.team_id
        AND outbox.key = 'E' || pages.number || ':page:' || pages.page || ':' || pages.who
    """
    db.conn.execute(f"UPDATE pages SET reached = 'arrived', reached_at = paged_at WHERE ({row}) = 'sent'")  # noqa: S608
    over = f"({row}) IS NULL OR ({row}) IN ('failed', 'withdrawn')"
    db.conn.execute(f"UPDATE pages SET reached = 'failed', trouble = 'withdrawn' WHERE {over}")  # noqa: S608
    db.conn.execute("CREATE INDEX pages_under_way ON pages (team_id, number) WHERE reached IS NULL")
    db.conn.execute("ALTER TABLE watched ADD COLUMN joined INTEGER")
    db.conn.execute("ALTER TABLE watched ADD COLUMN read_from TEXT NOT NULL DEFAULT ''")
    db.conn.execute("CREATE INDEX watched_joined ON watched (team_id, joined) WHERE joined IS NOT NULL")
    db.conn.execute("ALTER TABLE cases ADD COLUMN card TEXT NOT NULL DEFAULT ''")
    db.conn.execute("ALTER TABLE cases ADD COLUMN line TEXT NOT NULL DEFAULT ''")
    rows = [("pages", "pages_under_way", "5 5 1"), ("watched", "watched_joined", "20 20 1")]
    db.conn.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
    db.conn.execute("ANALYZE sqlite_schema")


@MIGRATIONS()
def m011_recurrences(db: SqliteUtils) -> None:
    """
    Recurring follow-ups, offers, how promises ended, and what people chose for themselves.

    *starts* and *planned* are local times: when the rule began, and when by the rule the occurrence comes that is due
    at *due_at*, which a snooze moves. *next_at*: when the next one comes although this one is not done. *missed*: how
    many before it nobody pressed. *hint*: somebody said that it is done. *seeking*: why somebody else is asked to take
    it. *promised_for*: what the customer was told, whenever it comes; *broken*: that is over. One that came before
    is a row of *occurrences*, by the key of its reminder. *preferences* by person; a feed keeps only a digest.
    """
    for column in ("starts TEXT", "planned TEXT", "next_at TEXT", "missed INTEGER NOT NULL DEFAULT 0"):
        db.conn.execute(f"ALTER TABLE followups ADD COLUMN {column}")
    for column in ("holidays TEXT NOT NULL DEFAULT ''", "paused_at TEXT", "offered_to TEXT", "offered_by TEXT"):
        db.conn.execute(f"ALTER TABLE followups ADD COLUMN {column}")
    for column in ("hint TEXT", "seeking TEXT", "promised_for TEXT", "broken INTEGER NOT NULL DEFAULT 0"):
        db.conn.execute(f"ALTER TABLE followups ADD COLUMN {column}")
    db.conn.execute("ALTER TABLE promises ADD COLUMN planned TEXT NOT NULL DEFAULT ''")
    of_it = "promises.team_id = followups.team_id AND promises.number = followups.number"
    db.conn.execute(
        f"UPDATE followups SET promised_for = (SELECT due_at FROM promises WHERE {of_it}), "  # noqa: S608 - ours
        f"broken = EXISTS (SELECT 1 FROM promises WHERE {of_it} AND broken_at IS NOT NULL) WHERE promise = 1"
    )
    db.conn.execute("DROP INDEX followups_due")
    db.conn.execute(
        "CREATE INDEX followups_due ON followups (team_id, due_at) WHERE state = 'waiting' AND paused_at IS NULL"
    )
    db.conn.execute(
        "CREATE INDEX followups_again ON followups (team_id, next_at) WHERE state = 'due' AND next_at IS NOT NULL"
    )
    db.conn.execute(
        "CREATE INDEX followups_open_thread ON followups (team_id, channel, thread_ts) "
        "WHERE thread_ts IS NOT NULL AND state IN ('waiting', 'due')"
    )
    db.conn.execute("CREATE INDEX followups_offered ON followups (team_id, offered_to) WHERE offered_to IS NOT NULL")
    for table in (
        """
        occurrences (
            team_id TEXT NOT NULL,
            key TEXT NOT NULL,
            number INTEGER NOT NULL,
            occurrence INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('done', 'missed', 'snoozed', 'paused', 'over')),
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            until TEXT,
            due_at TEXT NOT NULL,
            wall TEXT NOT NULL,
            planned TEXT NOT NULL,
            missed INTEGER NOT NULL,
            PRIMARY KEY (team_id, key)
        ) WITHOUT ROWID
        """,
        """
        promise_ends (
            team_id TEXT NOT NULL,
            number INTEGER NOT NULL,
            planned TEXT NOT NULL,
            how TEXT NOT NULL CHECK (how IN ('kept', 'late', 'broken')),
            owner TEXT NOT NULL,
            name TEXT,
            channel TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY (team_id, number, planned)
        ) WITHOUT ROWID
        """,
        """
        preferences (
            team_id TEXT NOT NULL,
            user TEXT NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (team_id, user, name)
        ) WITHOUT ROWID
        """,
        """
        feeds (
            team_id TEXT NOT NULL,
            user TEXT NOT NULL,
            digest TEXT NOT NULL,
            made_at TEXT NOT NULL,
            PRIMARY KEY (team_id, user)
        ) WITHOUT ROWID
        """,
    ):
        db.conn.execute(f"CREATE TABLE {table}")
    db.conn.execute("CREATE INDEX followups_paused ON followups (paused_at) WHERE paused_at IS NOT NULL")
    db.conn.execute("CREATE INDEX occurrences_of ON occurrences (team_id, number, occurrence)")
    db.conn.execute("CREATE INDEX occurrences_at ON occurrences (at)")
    db.conn.execute("CREATE INDEX promise_ends_owner ON promise_ends (team_id, owner)")
    db.conn.execute("CREATE INDEX promise_ends_name ON promise_ends (team_id, name) WHERE name IS NOT NULL")
    db.conn.execute("CREATE INDEX preferences_name ON preferences (team_id, name)")
    db.conn.execute("CREATE UNIQUE INDEX feeds_digest ON feeds (digest)")
    rows = [("followups", "followups_again", "200 200 1"), ("followups", "followups_open_thread", "5000 5000 50 1")]
    rows += [("followups", "followups_offered", "20 20 1"), ("followups", "followups_paused", "50 1")]
    rows += [
        ("occurrences", "occurrences", "50000 50000 1"),
    ]
    rows += [("occurrences", "occurrences_of", "50000 50000 50 1"), ("occurrences", "occurrences_at", "50000 1")]
    rows += [
        ("promise_ends", "promise_ends_owner", "5000 5000 50"),
        ("promise_ends", "promise_ends_name", "5000 5000 20"),
    ]
    db.conn.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
    db.conn.execute("ANALYZE sqlite_schema")

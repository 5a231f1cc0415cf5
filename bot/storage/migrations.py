"""
The schema, step by step. A step that was released never changes; a new one is added at the end.

Every table has `team_id`, so that workspaces never see each other's rows. Times are UTC in ISO 8601.
"""

from sqlite_utils import Database as SqliteUtils
from sqlite_utils import Migrations

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

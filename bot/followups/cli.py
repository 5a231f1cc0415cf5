"""What the command line asks of follow-ups: how a date is understood, and what became of one."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.followups.dates.letters import unescaped
from bot.followups.dates.questions import NotUnderstood
from bot.followups.dates.reader import read
from bot.followups.feeds import calendar_of
from bot.followups.history_blocks import why_lines
from bot.followups.model import FollowUp, FollowUpState, LocalTime
from bot.followups.service import FollowUpHistory
from bot.followups.store import FollowUpStore
from bot.storage.database import Database

Answer = dict[str, Any]
_AT_ONCE = 500  # rows
_FORM = '{"text": "…", "now": "2026-12-21T08:40:00-06:00", "tz": "America/Chicago", "locale": "en-US"}'


def answer(question: Any) -> Answer:
    """
    How the text of *question* is understood.

    *question* has ``text``, and may have ``now`` (ISO 8601 with its offset), ``tz`` and ``locale``. The answer is of
    one of the kinds instant (``due`` in UTC, ``text``), rule (also ``rule``, an RRULE that begins at ``due``) and error
    (``error``: none, past or ambiguous; ``ask``: what to ask the person). ``used`` are the words of the date. Raises
    UserError for what cannot be read.
    """
    if not isinstance(question, Mapping) or not isinstance(question.get("text"), str):
        raise UserError(f"I could not read that line; each must be of the form {_FORM}.")
    text, zone = unescaped(question["text"]), _zone(question.get("tz") or "UTC")
    now = _now(question.get("now"), zone)
    try:
        due = read(text, now, zone, str(question.get("locale") or "en-US"))
    except NotUnderstood as asked:
        return {"kind": "error", "error": asked.error, "ask": asked.ask}
    found = {
        "due": due.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "text": due.text,
        "local": str(LocalTime.of(due.at, due.zone)),
        "used": list(due.used),
    }
    return {"kind": "rule", "rule": str(due.rule), **found} if due.rule else {"kind": "instant", **found}


def in_words(found: Answer, zone: str) -> str:
    """An answer for a person at a terminal."""
    if found["kind"] == "error":
        return str(found["ask"])
    repeats = f"\nrepeats: {found['rule']}" if "rule" in found else ""
    used = f"read: {' … '.join(found['used'])}"
    return f"{found['local']}{repeats}\n{used}\n{found['text'] or '(nothing to be reminded of)'}"


def stories(database: Database, number: int, zone: str) -> Iterator[str]:
    """What became of the follow-up *number*, in lines, in each workspace that has one."""
    rows = database.rows("SELECT team_id FROM followups WHERE number = :number ORDER BY team_id", {"number": number})
    for row in rows:
        store = FollowUpStore(database, row["team_id"])
        follow_up = store.get(number)
        if follow_up is not None:
            deliveries = Outbox(database, row["team_id"]).about(follow_up.id)
            yield from why_lines(FollowUpHistory(follow_up, store.entries(number), deliveries), ZoneInfo(zone))


def listed(database: Database, owner: str, zone: str) -> Iterator[str]:
    """What is open, a line each, of every team; of *owner* alone where one is named."""
    count = 0
    for one in _open(database, owner):
        count += 1
        repeats = f", {one.series.words()}" if one.series else ""
        state = "paused" if one.paused_at else "due since" if one.state is FollowUpState.DUE else "due"
        at = "" if one.paused_at else f" {one.wanted.due.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        yield f"{one.id}  {state}{at}{repeats}  {one.wanted.owner}  {one.title()}"
    yield f"{count} open. Times are {zone}." if count else "Nothing is open."


def write_calendar(database: Database, file: Path, owner: str, now: datetime) -> int:
    """Write what is open to *file* as a calendar; returns how many. Raises UserError where it cannot be written."""
    found = list(_open(database, owner))
    try:
        file.write_bytes(calendar_of(found, now))
    except OSError as error:
        raise UserError(f"{file} could not be written: {error.strerror}. Nothing was written.") from error
    return len(found)


def _open(database: Database, owner: str) -> Iterator[FollowUp]:
    for row in database.rows("SELECT DISTINCT team_id FROM followups ORDER BY team_id", {}):
        store, last = FollowUpStore(database, row["team_id"]), 0
        while found := store.waiting_after(last, _AT_ONCE):
            last = found[-1].number
            yield from (one for one in found if owner in ("", one.wanted.owner))


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError):
        raise UserError(f'I do not know the time zone "{name}"; write it as Europe/Berlin.') from None


def _now(text: object, zone: ZoneInfo) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(str(text))
    except ValueError:
        raise UserError(f'"{text}" is no time; write it as 2026-12-21T08:40:00-06:00.') from None
    return now if now.tzinfo else now.replace(tzinfo=zone)

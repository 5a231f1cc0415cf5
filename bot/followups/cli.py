"""What the command line asks of follow-ups: how a date is understood, and what became of one."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.followups.blocks import why_lines
from bot.followups.dates.errors import NotUnderstood
from bot.followups.dates.reader import read
from bot.followups.model import LocalTime, number_of
from bot.followups.service import FollowUpHistory
from bot.followups.store import FollowUpStore
from bot.storage.database import Database

Answer = dict[str, Any]
_FORM = '{"text": "…", "now": "2026-12-21T08:40:00-06:00", "tz": "America/Chicago", "locale": "en-US"}'


def answer(question: Mapping[str, Any]) -> Answer:
    """
    How the text of *question* is understood.

    *question* has ``text``, and may have ``now`` (ISO 8601 with its offset), ``tz`` and ``locale``. The answer is of
    one of the kinds instant (``due`` in UTC, ``text``), rule (also ``rule``, an RRULE that begins at ``due``) and error
    (``error``: none, past or ambiguous; ``ask``: what to ask the person). Raises UserError for what cannot be read.
    """
    text, zone = question.get("text"), _zone(question.get("tz") or "UTC")
    if not isinstance(text, str):
        raise UserError(f"There is no text; a question has the form {_FORM}.")
    now = _now(question.get("now"), zone)
    try:
        due = read(text, now, zone, str(question.get("locale") or "en-US"))
    except NotUnderstood as asked:
        return {"kind": "error", "error": asked.error, "ask": asked.ask}
    found = {
        "due": due.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "text": due.text,
        "local": str(LocalTime.of(due.at, due.zone)),
    }
    return {"kind": "rule", "rule": str(due.rule), **found} if due.rule else {"kind": "instant", **found}


def answer_line(line: str) -> str:
    """The same, a line of JSON in and a line of JSON out, with the milliseconds that it took as ``ms``."""
    began = time.perf_counter()
    try:
        question = json.loads(line.removeprefix("\ufeff"))
        if not isinstance(question, dict):
            raise TypeError
        found = answer(question)
    except UserError as error:
        return json.dumps({"error": str(error)}, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return json.dumps(
            {"error": f"I could not read that line; each must be of the form {_FORM}."}, ensure_ascii=False
        )
    return json.dumps({**found, "ms": round((time.perf_counter() - began) * 1000, 2)}, ensure_ascii=False)


def in_words(found: Answer, zone: str) -> str:
    """An answer for a person at a terminal."""
    if found["kind"] == "error":
        return str(found["ask"])
    repeats = f"\nrepeats: {found['rule']}" if "rule" in found else ""
    return f"{found['local']}{repeats}\n{found['text'] or '(nothing to be reminded of)'}"


def stories(database: Database, ident: str, zone: str) -> Iterator[str]:
    """What became of the follow-up *ident*, in lines, in each workspace that has one of it. Raises UserError."""
    number = number_of(ident)
    if number is None:
        raise UserError(
            f'"{ident}" is no id of a follow-up; those are written F12, and stand in small print below each.'
        )
    teams = [row["team_id"] for row in database.rows("SELECT DISTINCT team_id FROM followups ORDER BY team_id")]
    found = False
    for team in teams:
        store = FollowUpStore(database, team)
        follow_up = store.get(number)
        if follow_up is not None:
            found = True
            story = FollowUpHistory(follow_up, store.entries(number), Outbox(database, team).about(follow_up.id))
            yield from why_lines(story, ZoneInfo(zone))
    if not found:
        raise UserError(f"There is no F{number} in this database.")


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

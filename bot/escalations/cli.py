"""What the command line asks: threads read for criteria, and what became of a case."""

import json
import time
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.model import number_of
from bot.escalations.service import CaseHistory
from bot.escalations.store import CaseStore
from bot.escalations.subcommands import story_lines
from bot.storage.database import Database


def detect(criteria: Criteria, thread: list[Utterance]) -> dict[str, Any]:
    """
    The answer of ``detect --jsonl``: the criteria that hold, each with its words and the message they stand in.

    Weak findings that are not enough to page are listed apart.
    """
    began = time.perf_counter()
    reading = criteria.read(thread)
    found = [{"id": one.criterion.id, "evidence": one.evidence, "message": one.message} for one in reading.findings]
    ms = round((time.perf_counter() - began) * 1000, 3)
    if reading.page:
        return {"criteria": found, "page": True, "ms": ms}
    return {"criteria": [], "page": False, "ms": ms, **({"weak": found} if found else {})}


def detect_line(criteria: Criteria, line: str) -> str:
    """One line in, one line out. Raises UserError for a line that cannot be read."""
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise UserError(
            f'That line is not JSON ({error.msg}). Write {{"messages": [{{"role": "rep", "text": "…"}}]}}.'
        ) from None
    return json.dumps(detect(criteria, _thread(value)), ensure_ascii=False)


def _thread(value: object) -> list[Utterance]:
    messages = value.get("messages") if isinstance(value, Mapping) else None
    if not isinstance(messages, list):
        raise UserError('That line has no list "messages". Write {"messages": [{"role": "rep", "text": "…"}]}.')
    found = []
    for one in messages:
        if not isinstance(one, Mapping) or not isinstance(one.get("text"), str):
            raise UserError(f'A message needs a "text"; this has none: {str(one)[:80]}')
        role = str(one.get("role") or Role.UNKNOWN)
        if role not in tuple(Role):
            raise UserError(f'"{role[:40]}" is no role; there are {", ".join(Role)}.')
        found.append(Utterance(str(one.get("author") or ""), Role(role), one["text"]))
    return found


def stories(database: Database, ident: str, zone: str) -> list[str]:
    """What became of the case *ident* in each workspace that has one, a line each. Raises UserError if none has."""
    number = number_of(ident)
    lines: list[str] = []
    for row in database.rows("SELECT team_id FROM cases WHERE number = :number", {"number": number}):
        store, outbox = CaseStore(database, row["team_id"]), Outbox(database, row["team_id"])
        case = store.get(int(number or 0))
        if case is not None:
            story = CaseHistory(case, store.entries(case.number), store.pages(case.number), outbox.about(case.id))
            lines += story_lines(story, ZoneInfo(zone))
    if not lines:
        raise UserError(f"There is no {ident} in this database. It may have been purged.")
    return lines

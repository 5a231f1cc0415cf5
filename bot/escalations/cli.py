"""What the command line asks: threads read for criteria, and what became of a case."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from bot.delivery.outbox import Outbox
from bot.errors import UserError
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.languages import READ
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.lists import detail_lines
from bot.escalations.service import CaseHistory
from bot.escalations.store import CaseStore
from bot.storage.database import Database


def met(criteria: Criteria, question: Any) -> dict[str, Any]:
    """
    The answer of ``detect --jsonl`` to one line: the criteria that hold, each with its words and their message.

    Weak findings that are not enough to page are listed apart, and so are messages that cannot be read. Raises
    UserError for what is no thread.
    """
    thread = _thread(question)
    reading = criteria.read(thread)
    found = [
        {
            "id": one.criterion.id,
            "evidence": one.evidence,
            "message": one.message,
            **({"because": because} if reading.page and (because := criteria.why(thread, one)) else {}),
        }
        for one in reading.findings
    ]
    unread = {"unread": list(reading.unread)} if reading.unread else {}
    if reading.page:
        return {"criteria": found, "page": True, **unread}
    return {"criteria": [], "page": False, **({"weak": found} if found else {}), **unread}


def told(criteria: Criteria, said: str) -> Iterator[str]:
    """The answer of ``detect`` to one text, said by anybody, in lines: the verdict, then what was found and why."""
    thread = [Utterance("", Role.UNKNOWN, said)]
    reading = criteria.read(thread)
    yield "The manager would be paged." if reading.page else "Nobody would be paged."
    for one in reading.findings:
        yield f"  {one.criterion.id}: “{one.evidence}”{' (weak)' if one.weak else ''}"
        if reading.page and (because := criteria.why(thread, one)):
            yield f"    because of {', '.join(because)}"
    if reading.unread:
        yield f"I can read {', '.join(READ[:-1])} and {READ[-1]}; that seems to be something else."


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


def stories(database: Database, number: int, zone: str) -> Iterator[str]:
    """What became of the case *number*, in lines, in each workspace that has one."""
    rows = database.rows("SELECT team_id FROM cases WHERE number = :number ORDER BY team_id", {"number": number})
    for row in rows:
        store = CaseStore(database, row["team_id"])
        case = store.get(number)
        if case is not None:
            deliveries = Outbox(database, row["team_id"]).about(case.id)
            story = CaseHistory(case, store.entries(number), store.pages(number), deliveries)
            yield from detail_lines(story, ZoneInfo(zone))

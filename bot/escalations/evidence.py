"""The words that a case quotes: in its criteria and in its log; blanked where whoever said them, or is named, goes."""

import json
import re
from collections.abc import Callable

from bot.escalations.model import BROKEN_PROMISE
from bot.escalations.page_store import MET
from bot.storage.database import Database, Row
from bot.storage.deliveries import ask_to_redraw, reword

_OURS = re.compile(r"\d+ escalations of .* in \d+ days", re.DOTALL)
_FOLLOW_UP = re.compile(r"\(F(\d+)\)$")

Stays = Callable[[Row], bool]  # of a criterion as a case keeps it, whether its words stay


def is_counted(words: str) -> bool:
    """Whether *words* are our own: how often a customer had to be escalated."""
    return _OURS.fullmatch(words) is not None


def promise_in(met: Row) -> int | None:
    """The number of the follow-up that a criterion is about: a broken promise."""
    found = _FOLLOW_UP.search(met["evidence"]) if met["criterion"] == BROKEN_PROMISE else None
    return int(found[1]) if found else None


def blank_words(database: Database, case: Row, stays: Stays, *, line_stays: bool) -> bool:
    """
    Blank what *case* quotes, in its criteria and in its log, but for what *stays*; whether there was anything.

    *line_stays*: whether what somebody wrote at its end does. A criterion stays met without its words. What is still to
    be sent of the case no longer quotes anything.
    """
    key = {"team": case["team_id"], "number": case["number"]}
    met = json.loads(case["met"])
    kept = [one for one in met if not one["evidence"] or stays(one)]
    blanked = len(kept) < len(met)
    if blanked:
        for one in met:
            if one not in kept:
                # nothing that is said from now on can take it back
                one |= {"evidence": "", "because": [], "known": True}
        sql = "UPDATE cases SET met = :met WHERE team_id = :team AND number = :number"
        database.execute(sql, {**key, "met": json.dumps(met)})
    quoted = [one["evidence"] for one in kept if one["evidence"]]
    blanked |= _blank_log(database, case, stays, quoted)
    if case["line"] and not line_stays:
        database.execute("UPDATE cases SET line = '' WHERE team_id = :team AND number = :number", key)
        blanked = True
    if blanked:
        reword(database, case["team_id"], f"E{case['number']}")
        if case["state"] != "closed":
            ask_to_redraw(database, case["team_id"], f"E{case['number']}")
    return blanked


def _blank_log(database: Database, case: Row, stays: Stays, quoted: list[str]) -> bool:
    blanked = False
    sql = "SELECT id, detail FROM case_log WHERE team_id = :team AND number = :number AND what = :what"
    for row in database.rows(sql, {"team": case["team_id"], "number": case["number"], "what": MET}):
        criterion, _, words = (row["detail"] or "").partition(": ")
        if not words or any(one.startswith(words) for one in quoted):
            continue
        if not stays({"criterion": criterion, "evidence": words}):
            database.execute("UPDATE case_log SET detail = :kept WHERE id = :id", {"kept": criterion, "id": row["id"]})
            blanked = True
    return blanked

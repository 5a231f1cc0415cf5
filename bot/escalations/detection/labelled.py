"""
Labelled threads: what the criteria are fitted on, and measured with.

What we wrote is in the repository (`tests/data/escalation_*.jsonl`, and the examples of the shipped `escalation.yaml`).
Of others' texts the repository holds source, id, checksum and labels; their words are in a folder that is given.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.config import shipped_playbooks
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.playbook import NAME, example

OURS = Path(__file__).resolve().parents[3] / "tests" / "data"
LABELS = OURS / "escalation_others.jsonl"  # of texts that are not in the repository
ORDINARY = "escalation_ordinary_dev.jsonl"  # messages in which nothing is wrong
SALES = "escalation_sales_more.jsonl"
REAL = "escalation_real_more.jsonl"
GIVEN = ("escalation_dev.jsonl", REAL, SALES, ORDINARY)  # what the folder must hold
FRAMES_TUNED_ON = ("escalation_threads", "escalation_unseen", "escalation_dev")
_PARTS = 8  # of the ordinary messages, which have no writers
_LATE = frozenset({"not-as-sold", "all-tried", "rep-overwhelmed"})  # criteria that came after some rows were labelled


@dataclass(frozen=True)
class LabelledThread:
    """
    A thread, whether it pages, the criteria that hold in it and the words that show each.

    *hand* tells who wrote it: a person's name or a source; *style* is sales, posts, chatter, real or ordinary; *unlabelled* are
    the criteria that nobody looked for.
    """

    said: Sequence[Utterance]
    pages: bool
    criteria: frozenset[str]
    evidence: Mapping[str, str] = field(default_factory=dict)
    hand: str = ""
    style: str = ""
    file: str = ""
    id: str = ""
    unlabelled: frozenset[str] = frozenset()


def thread_of(row: Mapping[str, Any], labels: Mapping[str, Any] | None = None, file: str = "") -> LabelledThread:
    """A line of a file of threads, with its own labels or with *labels*."""
    said = [
        Utterance(one.get("author", ""), Role(one.get("role") or "unknown"), one["text"]) for one in row["messages"]
    ]
    known = labels or row
    hand, style = _hand(row, file)
    return LabelledThread(
        said,
        bool(known.get("should_page")),
        frozenset(known.get("criteria") or ()),
        known.get("evidence") or {},
        hand,
        style,
        file,
        str(row["id"]),
        frozenset() if file.startswith(("escalation_hands", "escalation_sales_more")) else _LATE,
    )


def _hand(row: Mapping[str, Any], file: str) -> tuple[str, str]:
    """Who wrote a row, and in which style; one who imitates several is one."""
    name = re.sub(r"-?\d{1,9}$", "", str(row["id"])).split("-")[0]
    source = str(row.get("source", ""))
    if file == ORDINARY:
        return f"ordinary {int(checksum(row)[:4], 16) % _PARTS}", "ordinary"
    if file.startswith("escalation_hands"):
        return str(row["hand"]), "chatter" if row["kind"] == "ordinary" else "posts" if row[
            "kind"
        ] in _POSTS else "sales"
    if file == SALES:
        return "sales-more", "sales"
    if file == REAL or name == "dreal":
        return source, "real"
    return name, "sales" if "sales" in name or name[:1] == "s" else "real"


_POSTS = frozenset({"post", "review", "mail", "chat", "plain", "issue"})


def checksum(row: Mapping[str, Any]) -> str:
    """SHA-256 of the texts of a row's messages, a line each, in hexadecimal digits."""
    return hashlib.sha256("\n".join(one["text"].strip() for one in row["messages"]).encode()).hexdigest()


def firm_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of *path* that two careful people label alike."""
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in found if not row.get("doubtful")]


def ours(without: frozenset[str] = frozenset()) -> Iterator[LabelledThread]:
    """What we wrote: the threads of `tests/data`, but for the files of those names, and the criteria's examples."""
    for path in sorted(OURS.glob("escalation_*.jsonl")):
        if path != LABELS and path.name not in without:
            yield from (thread_of(row, file=path.name) for row in firm_rows(path))
    yield from examples()


def examples() -> Iterator[LabelledThread]:
    """The examples of the shipped `escalation.yaml`."""
    for criterion in yaml.safe_load((shipped_playbooks() / NAME).read_text(encoding="utf-8"))["criteria"]:
        for key, pages in (("must_match", True), ("must_not_match", False)):
            for text in criterion.get(key) or ():
                said = example(str(text))
                shown = {criterion["id"]: max((one.text for one in said), key=len)} if pages else {}
                yield LabelledThread(
                    said, pages, frozenset(shown), shown, hand="examples", style="sales", file=NAME, id=str(text)
                )


def others(folder: Path, without: frozenset[str] = frozenset(), *, labelled: Path = LABELS) -> Iterator[LabelledThread]:
    """Others' texts in *folder*: its own rows, and those whose labels are in the file *labelled*, by their checksum."""
    labels = {row["sha256"]: row for row in firm_rows(labelled)}
    for path in sorted(folder.glob("escalation_*.jsonl")):
        for row in firm_rows(path):
            if path.name in GIVEN and path.name not in without:
                yield thread_of(row, file=path.name)
            elif known := labels.get(checksum(row)):
                yield thread_of(row, known, path.name)

"""`playbooks/escalation.yaml` into criteria and a policy, or all that is wrong with it at once, with file and line."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot import __version__
from bot.cache import cache_folder, replacing
from bot.config import shipped_playbooks
from bot.errors import PlaybookError
from bot.escalations.detection.classifier import Classifier, fingerprint
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.frames import FrameError, Lexicons, read_frame
from bot.escalations.detection.rules import Criterion, Guard, Rule, Sensitivity, Where
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.policy import Policy
from bot.storage.watched import Watched

NAME = "escalation.yaml"
_KEYS = {
    "id",
    "means",
    "urgent",
    "lifts",
    "above",
    "times",
    "days",
    "learnt",
    "pages",
    "cards",
    "lexicon",
    "always",
    "frames",
    "unless",
    "must_match",
    "must_not_match",
}
MOST_FORMS = 150_000  # words that the frames of a file may spell out, inflections included: about 50 MB, or a second
MOST_EXAMPLES = 600  # that are tried at each start
LONGEST_FILE = 400_000  # characters
_LIFTS = ("negation", "if", "settled")


_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it is there


class _Loader(_SAFE):  # type: ignore[misc]
    """YAML in which 12:30 is not taken for the number 750."""

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """A whole number. Raises MarkedYAMLError for one in sixties."""
        if ":" in node.value:
            what = f"{node.value} would be read as a number of sixties; put it in quotes"
            raise yaml.MarkedYAMLError(problem=what, problem_mark=node.start_mark)
        return int(super().construct_yaml_int(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)


@dataclass(frozen=True, slots=True)
class EscalationPlaybook:
    """What the file says: *criteria* to read threads with, and the *policy* to begin with."""

    criteria: Criteria
    policy: Policy


def watched(folder: Path) -> Watched[EscalationPlaybook]:
    """
    The file of *folder*, or the shipped one where a folder has none, read again when it changes.

    Raises PlaybookError if there is no good one to begin with.
    """
    folder = folder if (folder / NAME).is_file() else shipped_playbooks()

    def signature() -> tuple[int, int] | None:
        try:
            found = (folder / NAME).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    return Watched(NAME, signature, lambda: _load_tried(folder))


def _load_tried(folder: Path) -> EscalationPlaybook:
    """Read the file in *folder*; examples that this program has tried before and found good are not tried again."""
    text = _text(folder)
    digest = hashlib.blake2b(f"{__version__} {fingerprint()} {text}".encode("utf-8", "replace"), digest_size=16)
    known, print_ = cache_folder() / "criteria-tried", digest.hexdigest()
    try:
        is_known = known.read_text(encoding="utf-8") == print_
    except (OSError, UnicodeDecodeError):
        is_known = False
    found = read(text, trying=not is_known)
    if not is_known:
        with suppress(OSError), replacing(known) as part:  # only time is lost
            part.write(print_.encode())
    return found


def load(folder: Path, *, trying: bool = True) -> EscalationPlaybook:
    """
    Read the file in *folder*, and try its examples unless *trying* is false.

    Raises PlaybookError with every mistake.
    """
    return read(_text(folder), trying=trying)


def _text(folder: Path) -> str:
    path = folder / NAME
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PlaybookError([f"{NAME}:1: this is not UTF-8 text; save the file as UTF-8"]) from None
    except OSError as error:
        raise PlaybookError([f"{NAME}:1: it cannot be read: {error.strerror}"]) from None


@lru_cache(maxsize=4)
def read(text: str, *, trying: bool = True) -> EscalationPlaybook:
    """Read the file's *text*, and try its examples. Raises PlaybookError."""
    if len(text) > LONGEST_FILE:
        raise PlaybookError([f"{NAME}:1: it has {len(text):,} characters; up to {LONGEST_FILE:,} are read"])
    try:
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise PlaybookError([f"{NAME}:{line}: not valid YAML: {getattr(error, 'problem', None) or error}"]) from None
    if not isinstance(values, dict):
        raise PlaybookError([f'{NAME}:1: expected "criteria:" and "policy:"'])
    return _Reading(values, text).escalation(trying=trying)


class _Reading:
    """One reading: gathers mistakes while it goes on."""

    def __init__(self, values: Mapping[str, Any], text: str) -> None:
        self._values = values
        self._text = text
        self._mistakes: list[str] = []
        self._costs: list[tuple[int, tuple[Any, ...]]] = []  # words that each frame spells out, and where it stands

    def escalation(self, *, trying: bool) -> EscalationPlaybook:
        for key in set(self._values) - {"sensitivity", "lexicon", "guards", "criteria", "policy"}:
            self._wrong(
                (key,), f'there is no "{key}" here; there are sensitivity, lexicon, guards, criteria and policy'
            )
        sensitivity = self._values.get("sensitivity", Sensitivity.USUAL)
        if sensitivity not in tuple(Sensitivity):
            self._wrong(("sensitivity",), f'sensitivity is "{sensitivity}"; use {" or ".join(Sensitivity)}')
        lists = self._lists(self._values.get("lexicon") or {}, ("lexicon",))
        lexicons = Lexicons(lists)
        rules = list(self._guards(lexicons))
        criteria: list[Criterion] = []
        given = self._values.get("criteria")
        if not isinstance(given, list) or not given:
            self._wrong(("criteria",), "criteria: there must be a list with at least one")
            given = []
        for number, value in enumerate(given):
            if criterion := self._criterion(number, value, {one.id for one in criteria}):
                criteria.append(criterion)
                own = self._lists(value.get("lexicon") or {}, ("criteria", number, "lexicon"))
                rules += self._rules(number, value, criterion, Lexicons({**lists, **own}) if own else lexicons)
        policy = self._policy()
        self._look_at_costs(given)
        if self._mistakes:
            raise PlaybookError(self._mistakes)
        found = Criteria(criteria, rules, policy.high_value, _learnt(), Sensitivity(sensitivity))
        for number, value in enumerate(given if trying else ()):
            self._try_examples(number, value, found)
        if self._mistakes:
            raise PlaybookError(self._mistakes)
        return EscalationPlaybook(found, policy)

    def _lists(self, given: object, path: tuple[Any, ...]) -> dict[str, list[str]]:
        if not isinstance(given, dict):
            self._wrong(path, "lexicon: expected names, each with a list of words")
            return {}
        found = {}
        for name, words in given.items():
            if not isinstance(words, list):
                self._wrong((*path, name), f'lexicon "{name}" must be a list of words')
                continue
            for number, word in enumerate(words):
                if not isinstance(word, str | int) or isinstance(word, bool):
                    self._wrong((*path, name, number), _no_word(f'lexicon "{name}"', word))
            found[str(name)] = [str(word) for word in words]
        return found

    def _guards(self, lexicons: Lexicons) -> Sequence[Rule]:
        rules = []
        for name, frames in (self._values.get("guards") or {}).items():
            if name not in tuple(Guard):
                self._wrong(("guards", name), f'there is no guard "{name}"; there are {", ".join(Guard)}')
                continue
            rules += [Rule(frame, guard=Guard(name)) for frame in self._frames(("guards", name), frames, lexicons)]
        return rules

    def _criterion(self, number: int, value: object, taken: set[str]) -> Criterion | None:  # noqa: C901 - a list of mistakes, each found however many came before
        at = ("criteria", number)
        if (
            not isinstance(value, dict)
            or not isinstance(value.get("id"), str)
            or not isinstance(value.get("means"), str)
        ):
            self._wrong(at, "a criterion needs an id and what it means")
            return None
        ident = value["id"]
        if not ident.replace("-", "").isalnum() or ident != ident.lower() or not ident.isascii() or len(ident) > 40:
            self._wrong((*at, "id"), f'"{ident}" is no id; use letters a-z, digits and hyphens')
        if ident in taken:
            self._wrong((*at, "id"), f'the id "{ident}" stands here twice; rename one')
        for key in sorted(set(value) - _KEYS):
            self._wrong((*at, key), f'{ident}: there is no "{key}"; there are {", ".join(sorted(_KEYS))}')
        urgent = value.get("urgent", False)
        if not isinstance(urgent, bool):
            self._wrong((*at, "urgent"), f'{ident}: urgent is "{urgent}"; use true or false')
        lifts = value.get("lifts") or []
        for one in lifts:
            if one not in _LIFTS:
                self._wrong((*at, "lifts"), f'{ident}: "{one}" cannot be lifted; {", ".join(_LIFTS)} can')
        above = value.get("above")
        if above is not None and (not isinstance(above, int | float) or isinstance(above, bool)):
            self._wrong((*at, "above"), f'{ident}: above is "{above}"; write a number such as 50000')
            above = None
        for key in ("times", "days"):
            if not isinstance(value.get(key, 1), int) or isinstance(value.get(key), bool) or value.get(key, 1) < 1:
                self._wrong((*at, key), f'{ident}: {key} is "{value[key]}"; write a whole number such as 3')
                return None
        times, days = value.get("times"), value.get("days", 30)
        for key in ("learnt", "pages"):
            if not isinstance(value.get(key, True), bool):
                self._wrong((*at, key), f'{ident}: {key} is "{value[key]}"; use true or false')
        rep, manager = self._cards(at, ident, value.get("cards") or {})
        return Criterion(
            ident, value["means"], bool(urgent), frozenset(lifts), above, times, days,
            value.get("learnt", False) is True, value.get("pages", True) is not False, rep, manager,
        )  # fmt: skip

    def _cards(self, at: Sequence[Any], ident: str, given: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of the cards for the rep and for the manager."""
        found: dict[str, tuple[str, ...]] = {"rep": (), "manager": ()}
        if not isinstance(given, dict) or set(given) - set(found):
            self._wrong((*at, "cards"), f"{ident}: cards are {{rep: [card-id], manager: [card-id]}}")
            return (), ()
        for who, cards in given.items():
            if not isinstance(cards, list) or not all(isinstance(one, str) for one in cards):
                self._wrong((*at, "cards", who), f"{ident}: cards, {who}: expected a list of ids of cards")
            else:
                found[who] = tuple(cards)
        return found["rep"], found["manager"]

    def _rules(self, number: int, value: Mapping[str, Any], criterion: Criterion, lexicons: Lexicons) -> list[Rule]:
        at = ("criteria", number)
        rules: list[Rule] = []
        always = self._frames((*at, "always"), value.get("always") or [], lexicons)
        rules += [Rule(frame, criterion, Where.ANYONE, sure=True) for frame in always]
        for name, frames in (value.get("frames") or {}).items():
            if name not in tuple(Where):
                self._wrong((*at, "frames"), f'{criterion.id}: frames are {", ".join(Where)}; not "{name}"')
                continue
            found = self._frames((*at, "frames", name), frames, lexicons)
            rules += [Rule(frame, criterion, Where(name)) for frame in found]
        rules += [
            Rule(frame, criterion) for frame in self._frames((*at, "unless"), value.get("unless") or [], lexicons)
        ]
        return rules

    def _frames(self, path: tuple[Any, ...], given: object, lexicons: Lexicons) -> list[Any]:
        if not isinstance(given, list):
            self._wrong(path, "expected a list of frames")
            return []
        found = []
        for number, text in enumerate(given):
            if not isinstance(text, str):
                self._wrong((*path, number), _no_word("a frame", text))
                continue
            before = lexicons.size
            try:
                found.append(read_frame(text, lexicons))
            except FrameError as error:
                self._wrong((*path, number), str(error))
            self._costs.append((lexicons.size - before, (*path, number)))
        return found

    def _look_at_costs(self, given: Sequence[Any]) -> None:
        """Refuse a file that would take too long, or too much memory, by its costliest line."""
        total = sum(cost for cost, _ in self._costs)
        if total > MOST_FORMS:
            cost, path = max(self._costs, key=lambda one: one[0])
            self._wrong(
                path,
                f"the frames spell out {total:,} words, inflections included, and up to {MOST_FORMS:,} are read; this "
                f"line, or a lexicon that it is the first to use, spells out {cost:,} of them: make it shorter",
            )
        numbers = [
            sum(len(value.get(key) or ()) for key in ("must_match", "must_not_match"))
            for value in given
            if isinstance(value, dict)
        ]
        if sum(numbers) > MOST_EXAMPLES:
            most = numbers.index(max(numbers))
            self._wrong(
                ("criteria", most),
                f"there are {sum(numbers):,} examples, {numbers[most]:,} of them here; up to {MOST_EXAMPLES} are tried",
            )

    def _policy(self) -> Policy:
        given = self._values.get("policy") or {}
        try:
            if not isinstance(given, dict):
                raise ValueError('policy: expected lines such as "wait: 10m"')
            return Policy.read(given)
        except ValueError as error:
            for line in str(error).splitlines():
                self._wrong(("policy", line.split(":")[0].split(",")[0]), line)
        return Policy()

    def _try_examples(self, number: int, value: Mapping[str, Any], criteria: Criteria) -> None:
        for key, wanted in (("must_match", True), ("must_not_match", False)):
            for index, text in enumerate(value.get(key) or []):
                reading = criteria.read(example(str(text)))
                if (reading.page and reading.of(value["id"]) is not None) is not wanted:
                    what = "is not found in" if wanted else "is found in"
                    self._wrong(("criteria", number, key, index), f'{value["id"]} {what} its example "{text}"')

    def _wrong(self, path: Sequence[Any], what: str) -> None:
        self._mistakes.append(f"{NAME}:{_line(self._node, path)}: {what}")

    @cached_property
    def _node(self) -> Any:
        """The lines of the file, for which there is no need until something is wrong."""
        return yaml.compose(self._text, Loader=_SAFE)


def _no_word(what: str, read: object) -> str:
    """What to say of something in *what* that YAML does not read as a word."""
    if isinstance(read, bool):
        return f"{what}: a bare yes, no, on or off is read as {str(read).lower()}; put it in quotes"
    return f"{what}: {str(read)[:60]} is no word; put odd ones in quotes"


@lru_cache(maxsize=1)
def _learnt() -> Classifier | None:
    try:
        return Classifier()
    except FileNotFoundError:
        return None  # nothing was learnt yet


def example(text: str) -> list[Utterance]:
    """An example's messages: ``rep: …`` or ``customer: …``, several with `` / `` between them."""
    found = []
    for part in text.split(" / "):
        head, colon, rest = part.partition(":")
        known = colon and head.strip() in tuple(Role)
        role = Role(head.strip()) if known else Role.UNKNOWN
        found.append(Utterance(str(role), role, rest.strip() if known else part))
    return found


def _line(node: yaml.Node, path: Sequence[Any]) -> int:
    """The line of what *path* leads to, or of the last part of it that is there."""
    line: int = node.start_mark.line + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line

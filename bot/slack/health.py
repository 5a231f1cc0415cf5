"""
Health: what is wrong with the bot, asked by `/health` and by whoever watches over the process.

A thread of ours asks all parts every few seconds and keeps the report; over HTTP it is served from memory, so that
asking costs nothing and cannot be held up. Reasons and notes are for this machine alone: others get one word.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping

from bot.log import failure

logger = logging.getLogger(__name__)

Check = Callable[[], str | None]  # what is wrong, or None
Reasons = Mapping[str, str]

LOOK_EVERY_S = 5.0
ANSWER_WITHIN_S = 5.0  # each part; a part that hangs is unwell, and holds up no other
OLD_AFTER_S = 60.0  # a report, and the last turn of a loop
WHOLE, LIVE, READY = "/health", "/health/live", "/health/ready"


def joined(*parts: str | None) -> str | None:
    """Several answers to what is wrong as one; None where nothing is."""
    return "; ".join(part for part in parts if part) or None


class Turns:
    """When a loop last turned. A loop calls it at every turn."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._at: float | None = None

    def __call__(self) -> None:
        self._at = self._monotonic()

    def begin(self) -> None:
        """Count from now, where it has not turned yet."""
        self._at = self._monotonic() if self._at is None else self._at

    def age(self) -> float:
        """Seconds since the last turn; 0 before the loop has begun."""
        return 0.0 if self._at is None else self._monotonic() - self._at

    def what_is_wrong(self) -> str | None:
        """For the health report."""
        return f"it has not turned for {self.age():.0f} s" if self.age() > OLD_AFTER_S else None


class Health:
    """
    Gathers the checks of all parts.

    A *check* that fails makes the bot unwell (503); one that is *needed* to serve Slack makes it not ready, too. A
    *note* is only told. A *loop* is a thread of the bot's that turns again and again: while all do, the process is
    alive. *monotonic* gives seconds.
    """

    def __init__(
        self, *, answer_within_s: float = ANSWER_WITHIN_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._answer_within_s = answer_within_s
        self._monotonic = monotonic
        self._checks: dict[str, _Question] = {}
        self._notes: dict[str, _Question] = {}
        self._alive: dict[str, Check] = {}
        self._needed: set[str] = set()
        self.loops: dict[str, Turns] = {}
        self._turn = threading.Lock()
        self._report: tuple[Reasons, Mapping[str, object]] | None = None
        self._made_at = 0.0
        self._was_well = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    # adding

    def check(self, name: str, check: Check, *, needed: bool = False, every_s: float = 0.0) -> None:
        """Add a check; *needed* where Slack cannot be served without it, *every_s* where asking is not for nothing."""
        self._checks[name] = _Question(name, check, every_s)
        if needed:
            self._needed.add(name)

    def note(self, name: str, value: Callable[[], object]) -> None:
        """Add a value to be told."""
        self._notes[name] = _Question(name, value)

    def loop(self, name: str) -> Turns:
        """Add a loop; returns what it is to call at every turn."""
        self.loops[name] = Turns(self._monotonic)
        self.alive(name, self.loops[name].what_is_wrong)
        return self.loops[name]

    def alive(self, name: str, check: Check) -> None:
        """Add a check of whether the process is alive; it must answer at once, from memory."""
        self._alive[name] = check

    # asking

    def report(self, *, anew: bool = True) -> tuple[bool, Mapping[str, object]]:
        """
        Ask all parts now; whether all is well, and the report: ``status``, ``reasons`` if any, and the notes.

        Without *anew*, parts that want to be asked less often may be asked the next time.
        """
        with self._turn:
            began = self._monotonic()
            asked = [*self._checks.values(), *self._notes.values()]
            for question in asked:
                question.begin(anew=anew)
            deadline = time.monotonic() + self._answer_within_s
            answers = {id(question): question.answer(deadline) for question in asked}
            reasons = {name: str(why) for name, one in self._checks.items() if (why := answers[id(one)])}
            reasons |= self._what_does_not_turn()
            self._report = reasons, {name: answers[id(one)] for name, one in self._notes.items()}
            self._made_at = began
            self._log_change(reasons)
            return _as_report(*self._report)

    def latest(self) -> tuple[bool, Mapping[str, object]]:
        """The same, as it was kept; unwell where that is older than a minute."""
        return _as_report(self._reasons(), self._report[1] if self._report else {})

    def is_well(self) -> bool:
        """Whether the report that was kept is a new one, and good."""
        return self.latest()[0]

    def response(self, path: str, *, inside: bool) -> tuple[int, bytes]:
        """
        The HTTP status and JSON body for *path*: `WHOLE`, `LIVE` or `READY`; from memory.

        *inside*: asked from this machine; others are told nothing but the status.
        """
        if path == LIVE:
            well, report = _as_report(self._what_does_not_turn(), {})
        elif path == READY:
            missing = {name: why for name, why in self._reasons().items() if name in {*self._needed, "health"}}
            well, report = _as_report(missing, {})
        else:
            well, report = self.latest()
        shown = report if inside else {"status": report["status"]}
        return (200 if well else 503), json.dumps(shown).encode()

    def _reasons(self) -> Reasons:
        if self._report is None:
            return {"health": "it has only just begun: nothing was looked at yet"}
        age = self._monotonic() - self._made_at
        old = {"health": f"the last report is {age:.0f} s old"} if age > OLD_AFTER_S else {}
        return {**self._report[0], **old}

    def _what_does_not_turn(self) -> Reasons:
        return {name: why for name, check in self._alive.items() if (why := check())}

    def _log_change(self, reasons: Reasons) -> None:
        if self._stopping.is_set():
            return
        if reasons and self._was_well:
            logger.warning("unwell: %s", "; ".join(f"{name}: {why}" for name, why in reasons.items()))
        elif not reasons and not self._was_well:
            logger.info("well again")
        self._was_well = not reasons

    # running

    def start(self) -> None:
        """Ask once, and from now on every few seconds."""
        self._turned = self.loop("health")
        for turns in self.loops.values():
            turns.begin()
        self.report()
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.report(anew=False)
                self._turned()
            except Exception as error:  # noqa: BLE001 - a loop that must go on
                failure(logger, "the health report failed", error)


class _Question:
    """Something that is asked on a thread of its own; while it hangs it is not asked again."""

    def __init__(self, name: str, ask: Callable[[], object], every_s: float = 0.0) -> None:
        self._name = name
        self._ask = ask
        self._every_s = every_s
        self._thread: threading.Thread | None = None
        self._answer: object = None
        self._began = 0.0

    def begin(self, *, anew: bool) -> None:
        """Ask, unless it hangs, or was asked not long ago and need not be asked *anew*."""
        if self._thread is not None and not anew and time.monotonic() - self._began < self._every_s:
            return
        if self._thread is None or not self._thread.is_alive():
            self._began = time.monotonic()
            self._thread = threading.Thread(target=self._run, name=f"asking-{self._name}", daemon=True)
            self._thread.start()

    def answer(self, deadline: float) -> object:
        """What it said, or that it did not by *deadline*, in monotonic seconds."""
        assert self._thread is not None
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._thread.is_alive():
            return f"no answer for {time.monotonic() - self._began:.0f} s"
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except Exception as error:  # noqa: BLE001 - a health report must come whatever is broken
            self._answer = f"cannot tell: {type(error).__name__}"


def _as_report(reasons: Reasons, notes: Mapping[str, object]) -> tuple[bool, Mapping[str, object]]:
    status = "unwell" if reasons else "ok"
    return not reasons, {"status": status, **({"reasons": dict(reasons)} if reasons else {}), **notes}

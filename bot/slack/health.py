"""The health check, asked by `/health` and by whoever watches over the process."""

import json
from collections.abc import Callable, Mapping

Check = Callable[[], str | None]  # what is wrong, or None


class Health:
    """
    Gathers the checks of all parts.

    A *check* that fails makes the bot unwell (503: a supervisor should act); a *note* is only told.
    """

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._notes: dict[str, Callable[[], object]] = {}

    def check(self, name: str, check: Check) -> None:
        """Add a check."""
        self._checks[name] = check

    def note(self, name: str, value: Callable[[], object]) -> None:
        """Add a value to be told."""
        self._notes[name] = value

    def report(self) -> tuple[bool, Mapping[str, object]]:
        """Whether all is well, and the report: ``status``, ``reasons`` where there are any, and the notes."""
        reasons = {name: reason for name, check in self._checks.items() if (reason := _asked(check))}
        notes = {name: _asked(value) for name, value in self._notes.items()}
        return not reasons, {
            "status": "unwell" if reasons else "ok",
            **({"reasons": reasons} if reasons else {}),
            **notes,
        }

    def response(self) -> tuple[int, bytes]:
        """The HTTP status and JSON body of the report."""
        well, report = self.report()
        return (200 if well else 503), json.dumps(report).encode()


def _asked(question: Callable[[], object]) -> object:
    """The answer, or that there was none: a health report must come whatever is broken."""
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - see above
        return f"cannot tell: {type(error).__name__}"

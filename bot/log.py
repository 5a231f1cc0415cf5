"""
Logging that never contains what people wrote.

Our own records carry ids. Records of libraries are cut at their first bracket, quote or colon, since Bolt and the
Slack SDK paste whole payloads and tokens behind those, some of them at INFO and above. Tracebacks keep their frames
and lose the exception's message, which may quote a person.
"""

import logging
import re
import secrets
import sys
import threading
import traceback
from types import TracebackType

_PAYLOAD_BEGINS = re.compile(r"[\[({:'\"<\n]")


class SafeFormatter(logging.Formatter):
    """Formats a record without any text that a person or Slack supplied."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        if not _is_ours(record.name):
            record.message = _PAYLOAD_BEGINS.split(record.message, maxsplit=1)[0].rstrip()
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        error = ei[1] if isinstance(ei, tuple) else None
        return frames(error) if isinstance(error, BaseException) else ""


def frames(error: BaseException) -> str:
    """The traceback of *error* and of its causes: types and places, no messages."""
    parts: list[str] = []
    link: BaseException | None = error
    while link is not None:
        stack = "".join(traceback.format_tb(link.__traceback__))
        parts.append(f"{stack}{type(link).__module__}.{type(link).__qualname__}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\ncaused by:\n".join(parts)


def configure(level: str) -> None:
    """Log to standard error: ours at *level*, libraries at INFO or above whatever *level* says."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    logging.getLogger("bot").setLevel(level)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # warns at every request that waits a moment
    logging.captureWarnings(True)
    threading.excepthook = _log_thread_death
    sys.excepthook = _log_death


def failure(logger: logging.Logger, what: str, error: BaseException) -> str:
    """Log *error* with its frames under a fresh reference such as ``TC-4F7A21``, and return the reference."""
    reference = f"TC-{secrets.token_hex(3).upper()}"
    logger.error("%s %s\n%s", reference, what, frames(error))
    return reference


def _is_ours(name: str) -> bool:
    return name == "bot" or name.startswith("bot.")


def _log_thread_death(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        failure(logging.getLogger("bot"), f"thread {args.thread.name if args.thread else '?'} died", args.exc_value)


def _log_death(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    failure(logging.getLogger("bot"), "died", error)

"""
The heartbeat: a request to whoever watches from outside, sent each minute while all is well, and not otherwise.

A dead man's switch: what alarms is the silence, so it needs nothing of a bot that is stuck, cut off or gone.
"""

import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

from bot import __version__

logger = logging.getLogger(__name__)

EVERY_S = 60.0
_TIMEOUT_S = 10.0


class Heartbeat:
    """
    Asks *url* while *is_well*, from a thread of its own. The address is a secret, and is never logged.

    *every_s* and *timeout_s* are seconds.
    """

    def __init__(
        self, url: str, is_well: Callable[[], bool], *, every_s: float = EVERY_S, timeout_s: float = _TIMEOUT_S
    ) -> None:
        self._request = urllib.request.Request(url, headers={"User-Agent": f"toughcustomer/{__version__}"})  # noqa: S310 - https, see config
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._is_well = is_well
        self._every_s = every_s
        self._timeout_s = timeout_s
        self._arrived = True
        self._arrived_at: float | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin; the first one leaves after one interval."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more. One that is under way holds nobody up."""
        self._stopping.set()

    def age(self) -> float | None:
        """Seconds since the last one that arrived; None where none has."""
        return None if self._arrived_at is None else time.monotonic() - self._arrived_at

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            if self._is_well():
                self._send()

    def _send(self) -> None:
        try:
            self._opener.open(self._request, timeout=self._timeout_s).close()  # the body does not matter
        except (OSError, HTTPException, ValueError) as error:
            if self._arrived:  # once, and not every minute
                logger.warning("the heartbeat does not arrive at HEARTBEAT_URL (%s)", _why(error))
            self._arrived = False
            return
        if not self._arrived:
            logger.info("the heartbeat arrives again")
        self._arrived, self._arrived_at = True, time.monotonic()


def _why(error: Exception) -> str:
    """Nothing of the address, which the error's own words may hold."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return type(cause if isinstance(cause, Exception) else error).__name__


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The address is a secret that belongs where it was set."""

    def redirect_request(self, *args: object, **more: object) -> None:
        return None

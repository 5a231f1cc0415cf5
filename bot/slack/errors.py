"""Errors of calls to Slack: was it posted, may it be sent again, and what a person is told."""

import re
import socket
import ssl
import urllib.error
from dataclasses import dataclass
from enum import Enum

from slack_sdk.errors import SlackApiError

from bot.errors import StorageBusy, StorageUnavailable, ToughCustomerError, UserError


class Fate(Enum):
    """What became of a message whose sending failed."""

    LATER = "Slack asked us to wait: it was not posted"
    NOT_SENT = "nothing reached Slack"
    REFUSED = "Slack said no, and will say so again"
    UNKNOWN = "it may or may not have been posted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """*wait* is in seconds and set for LATER only. *reason* is Slack's error code or the kind of failure."""

    fate: Fate
    reason: str
    wait: float = 0.0


class NotDelivered(ToughCustomerError):
    """A message did not arrive, or may not have; *verdict* says which."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(f"{verdict.fate.value} ({verdict.reason})")
        self.verdict = verdict


# Slack's documentation of chat.postMessage: with these, part of the operation may have succeeded all the same.
_PERHAPS_DONE = {"fatal_error", "internal_error", "service_unavailable", "request_timeout"}
_DEFAULT_WAIT_S = 1.0
_CODE = re.compile(r"[a-z0-9_]+")  # where the answer is no JSON, slack_sdk puts the answer itself there


def judge_status(status: int, code: str, retry_after: str | None) -> Verdict:
    """Judge an answer that is not a success, by its HTTP *status*, Slack's error *code* and its Retry-After header."""
    if status == 429 or code in ("ratelimited", "rate_limited"):
        try:
            wait = max(0.0, float(retry_after or _DEFAULT_WAIT_S))
        except ValueError:
            wait = _DEFAULT_WAIT_S
        return Verdict(Fate.LATER, "ratelimited", wait)
    if status >= 500 or code in _PERHAPS_DONE:
        return Verdict(Fate.UNKNOWN, code or f"HTTP {status}")
    return Verdict(Fate.REFUSED, code or f"HTTP {status}")


def judge(error: Exception) -> Verdict:
    """Judge an exception of slack_sdk or of the network below it."""
    if isinstance(error, SlackApiError):
        response = error.response
        code = str(response.get("error") or "") if isinstance(response.data, dict) else ""
        retry_after = response.headers.get("Retry-After") or response.headers.get("retry-after")
        if response.status_code == 429 or _CODE.fullmatch(code):
            return judge_status(response.status_code, code, retry_after)
        return Verdict(Fate.UNKNOWN, f"HTTP {response.status_code}, no answer that I can read")
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ConnectionRefusedError | socket.gaierror | ssl.SSLCertVerificationError):
        return Verdict(Fate.NOT_SENT, type(cause).__name__)
    # a handshake that fails is wrapped; a connection that ends while the answer is awaited is not, or ends unexpectedly
    ended = ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError
    if cause is not error and isinstance(cause, ssl.SSLError) and not isinstance(cause, ended):
        return Verdict(Fate.NOT_SENT, type(cause).__name__)
    return Verdict(Fate.UNKNOWN, type(cause).__name__)


def explanation(error: Exception, reference: str) -> str:
    """The sentence for the person whose request ended in *error*; *reference* is in the log, too."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, StorageBusy):
        return (
            "I could not store that: my database is busy, since another program holds it. Nothing was changed. Please "
            f"try again in a moment; if it stays, tell whoever runs me, with the reference {reference}."
        )
    if isinstance(error, StorageUnavailable):
        return (
            "I could not store that: the disk that I keep things on is full or read-only. Nothing was changed. "
            f"Please tell whoever runs me, with the reference {reference}."
        )
    if isinstance(error, NotDelivered) and error.verdict.fate is Fate.UNKNOWN:
        return f"Slack did not say whether that arrived. Please look before you try again (reference {reference})."
    if isinstance(error, NotDelivered):
        return f"Slack did not take that ({error.verdict.reason}). Please try again (reference {reference})."
    return f"Something went wrong on my side. Please try again; if it stays, give whoever runs me this: {reference}."

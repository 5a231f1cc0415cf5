"""What a failed call means: was it posted, may it be sent again?"""

import socket
import ssl
import urllib.error
from http.client import RemoteDisconnected

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.errors import StorageBusy, StorageUnavailable, UserError
from bot.slack.errors import Fate, NotDelivered, Verdict, explanation, judge, judge_status


def api_error(status: int, data: dict[str, object], headers: dict[str, str] | None = None) -> SlackApiError:
    response = SlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers or {}, status_code=status
    )
    return SlackApiError("no", response)


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (api_error(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"}), Fate.LATER),
        (api_error(200, {"ok": False, "error": "channel_not_found"}), Fate.REFUSED),
        (api_error(200, {"ok": False, "error": "invalid_auth"}), Fate.REFUSED),
        (api_error(200, {"ok": False, "error": "fatal_error"}), Fate.UNKNOWN),
        (api_error(200, {"ok": False, "error": "internal_error"}), Fate.UNKNOWN),
        (api_error(503, {"ok": False, "error": "service_unavailable"}), Fate.UNKNOWN),
        (api_error(500, {"ok": False, "error": "Received a response in a non-JSON format: <html>"}), Fate.UNKNOWN),
        (urllib.error.URLError(ConnectionRefusedError()), Fate.NOT_SENT),
        (urllib.error.URLError(socket.gaierror()), Fate.NOT_SENT),
        (urllib.error.URLError(ssl.SSLError()), Fate.NOT_SENT),
        (urllib.error.URLError(ssl.SSLCertVerificationError()), Fate.NOT_SENT),
        (urllib.error.URLError(ssl.SSLEOFError()), Fate.UNKNOWN),
        (ssl.SSLEOFError(), Fate.UNKNOWN),
        (ssl.SSLError(), Fate.UNKNOWN),
        (urllib.error.URLError(ConnectionResetError()), Fate.UNKNOWN),
        (RemoteDisconnected(), Fate.UNKNOWN),
        (TimeoutError(), Fate.UNKNOWN),
        (ValueError(), Fate.UNKNOWN),
    ],
)
def test_a_failure_is_judged_by_what_may_have_happened(error: Exception, fate: Fate) -> None:
    assert judge(error).fate is fate


def test_slack_says_how_long_to_wait() -> None:
    assert judge(api_error(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"})).wait == 7.0
    assert judge_status(429, "", None).wait == 1.0
    assert judge_status(429, "", "soon").wait == 1.0


def test_a_reason_never_repeats_what_slack_answered() -> None:
    verdict = judge(api_error(500, {"ok": False, "error": "Received a response in a non-JSON format: secret words"}))
    assert "secret" not in verdict.reason


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UserError("Please press 👍 first."), "Please press 👍 first."),
        (
            StorageUnavailable("x"),
            "full or read-only. Nothing was changed. Please tell whoever runs me, with the reference TC-1",
        ),
        (
            StorageBusy("x"),
            "my database is busy, since another program holds it. Nothing was changed. Please try again",
        ),
        (NotDelivered(Verdict(Fate.UNKNOWN, "HTTP 500")), "Please look before you try again (reference TC-1)"),
        (NotDelivered(Verdict(Fate.REFUSED, "expired_url")), "Slack did not take that (expired_url)"),
        (KeyError("secret words"), "if it stays, give whoever runs me this: TC-1"),
    ],
)
def test_a_person_gets_a_sentence_with_what_to_do(error: Exception, said: str) -> None:
    sentence = explanation(error, "TC-1")
    assert said in sentence
    assert "secret" not in sentence

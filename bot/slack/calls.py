"""A client of Slack's that counts its calls, for the metrics."""

import threading
from collections import Counter
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse


class CallCounts:
    """How many calls were made, by method and what became of them: "ok", "refused for now" (429), "failed"."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, ...]] = Counter()
        self._turn = threading.Lock()

    def add(self, method: str, outcome: str) -> None:
        """One more."""
        with self._turn:
            self._counts[method, outcome] += 1

    def all(self) -> dict[tuple[str, ...], int]:
        """All so far, by method and outcome."""
        with self._turn:
            return dict(self._counts)


class CountingClient(WebClient):
    """slack_sdk's client, which counts in *counts*."""

    def __init__(self, counts: CallCounts, **more: Any) -> None:
        super().__init__(**more)
        self._counts = counts

    def api_call(self, api_method: str, **more: Any) -> SlackResponse:
        """Make the call, and count it."""
        outcome = "failed"
        try:
            answer = super().api_call(api_method, **more)
            outcome = "ok"
        except SlackApiError as error:
            outcome = "refused for now" if error.response.status_code == 429 else "failed"
            raise
        finally:
            self._counts.add(api_method, outcome)
        return answer

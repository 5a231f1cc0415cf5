"""
Bolt's listener runner, with two differences: the acknowledgement goes out the moment it is given, and, where many
requests are under way, before the answer is begun.

Bolt's own runner looks for it every ten milliseconds, in one thread for each request in flight: that is most of the
time that a quick command takes, and under load most of the processor's. It also takes an acknowledgement back when the
listener fails right afterwards, waits three seconds in vain, and then lets the next matching listener run as well.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any, TypeVar

from slack_bolt import Ack, BoltResponse
from slack_bolt.listener import Listener
from slack_bolt.listener.thread_runner import ThreadListenerRunner
from slack_bolt.request import BoltRequest

from bot.slack.load import RequestLoad

Listen = TypeVar("Listen", bound=Callable[..., None])


def at_once(when: Callable[[dict[str, Any]], bool]) -> Callable[[Listen], Listen]:
    """
    Mark a listener that may run in the request's own thread when *when* says of the payload that it will be quick.

    It saves handing the request to another thread and back, which takes longer than finding a card. Where many
    requests are under way it is acknowledged first, with nothing, and run when they are: so it must be able to answer
    otherwise than in the acknowledgement.
    """

    def mark(listen: Listen) -> Listen:
        listen.at_once = when  # type: ignore[attr-defined]
        return listen

    return mark


class SignallingAck(Ack):
    """An acknowledgement that whoever waits for it hears of. *given* is set once it is there, or never will be."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Bolt's has no annotations
        self.given = threading.Event()

    def __call__(self, *args: Any, **kwargs: Any) -> BoltResponse:
        response = super().__call__(*args, **kwargs)
        self.given.set()
        return response


class PromptRunner(ThreadListenerRunner):
    """Runs listeners on the executor and answers Slack as soon as they have acknowledged. Made from Bolt's own."""

    def __init__(self, bolts: ThreadListenerRunner, slack_waits: timedelta, load: RequestLoad, later: Executor) -> None:
        self._load, self._later = load, later
        self._slack_waits_s = slack_waits.total_seconds()
        super().__init__(
            logger=bolts.logger,
            process_before_response=False,
            listener_error_handler=bolts.listener_error_handler,
            listener_start_handler=bolts.listener_start_handler,
            listener_completion_handler=bolts.listener_completion_handler,
            listener_executor=bolts.listener_executor,
            lazy_listener_runner=bolts.lazy_listener_runner,
        )

    def run(
        self,
        request: BoltRequest,
        response: BoltResponse,
        listener_name: str,
        listener: Listener,
        starting_time: float | None = None,
    ) -> BoltResponse | None:
        ack = request.context.ack
        if not isinstance(ack, SignallingAck) or listener.lazy_functions or listener.auto_acknowledgement:
            return super().run(request, response, listener_name, listener, starting_time)

        def listen() -> None:
            try:
                listener.run_ack_function(request=request, response=response)
            except Exception as error:  # noqa: BLE001 - handed to the error boundary, which answers the person
                self.listener_error_handler.handle(error=error, request=request, response=None)
                if ack.response is None and request.body.get("type") == "block_actions":
                    ack()  # it was told why: Slack need not say that something went wrong, too
            finally:
                ack.given.set()

        quick = getattr(listener.ack_function, "at_once", None)
        is_crowded = quick is not None and self._load.is_high()
        if is_crowded:
            ack()
        if quick is None or not quick(request.body):
            self.listener_executor.submit(listen)
            ack.given.wait(self._slack_waits_s)
        elif is_crowded:
            self._later.submit(self._in_calm, listen, time.monotonic())
        else:
            listen()
        return ack.response or BoltResponse(status=500, body="")

    def _in_calm(self, listen: Callable[[], None], since: float) -> None:
        self._load.wait_for_calm(since)
        listen()

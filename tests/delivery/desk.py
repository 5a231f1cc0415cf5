"""A sender in virtual time, on a real database, and what a test asks of it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from bot.delivery.model import Delivery, DeliveryState, Draft
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.sender import Sender
from bot.slack.block_kit import actions, button, message, section, small
from bot.storage.database import Database
from tests.delivery.simulated_slack import SimulatedSlack, SimulatedTime

TEAM = "T1"
SETTLE = timedelta(seconds=25)


class Desk:
    """What the bot has of delivery, without the rest. `restart` gives a new process on the same database and Slack."""

    def __init__(
        self,
        database: Database,
        *,
        join: bool = True,
        admins: Sequence[str] = (),
        sender_of: Callable[..., Sender] = Sender,
        queue_of: Callable[[Outbox], DeliveryQueue] = DeliveryQueue,
        settle: timedelta = SETTLE,
        **more: Any,
    ) -> None:
        self.time = SimulatedTime()
        self.slack = SimulatedSlack(self.time)
        self.database = database
        self.join, self.admins, self.more = join, admins, more
        self.sender_of, self.queue_of, self.settle = sender_of, queue_of, settle
        self.restart()

    def restart(self) -> None:
        self.outbox = Outbox(self.database, TEAM)
        self.outbox.set_aside.admins = tuple(self.admins)
        self.queue = self.queue_of(self.outbox)
        self.sender = self.sender_of(
            self.queue,
            self.slack,
            self.time,
            self.settle,
            join=self.join,
            run=lambda work: work(),
            monotonic=self.time.monotonic,
            **self.more,
        )

    def plan(self, key: str, channel: str = "C1", **more: object) -> None:
        blocks = [section(f"{key} is due"), small(key), actions(button("Done", "done", key))]
        draft = Draft(
            key, "reminder", key.partition(":")[0], channel, message(f"{key} is due", blocks), self.time.now(), **more
        )  # type: ignore[arg-type]
        self.outbox.add(draft, self.time.now())
        self.sender.wake()

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let so much time pass, waking as the engine asks; less where *until* holds before."""
        end = self.time.mono + seconds
        while True:
            pause = self.sender.step()
            if self.time.mono >= end or until():
                return
            self.time.pass_by(min(pause, end - self.time.mono))

    @property
    def keys(self) -> list[str]:
        return [key for key, *_ in self.slack.posted]

    def delivery(self, key: str) -> Delivery:
        (found,) = [one for one in self.outbox.about(key.partition(":")[0]) if one.draft.key == key]
        return found

    def state(self, key: str) -> DeliveryState:
        return self.delivery(key).state

    def spoil(self, table: str, column: str, value: object, where: str) -> None:
        """Somebody or something writes *value* where the bot never would."""
        self.database.rows("PRAGMA ignore_check_constraints = ON")
        changed = self.database.execute(f"UPDATE {table} SET {column} = :value WHERE {where}", {"value": value})
        assert changed

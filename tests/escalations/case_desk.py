"""The verbs of escalations on a real SQLite, for tests: what is said and pressed, who is paged, what arrives."""

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.config import shipped_playbooks
from bot.delivery.fallbacks import give_up
from bot.delivery.outbox import Outbox
from bot.delivery.queue import DeliveryQueue
from bot.delivery.redraw import Redraws
from bot.emulator.clock import MovableClock
from bot.escalations import blocks
from bot.escalations.closing import Closing
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.intake import Intake
from bot.escalations.model import Roster
from bot.escalations.page_context import Cards, Gathering, Neighbours
from bot.escalations.paging import Paging
from bot.escalations.playbook import EscalationPlaybook, load
from bot.escalations.policy import Policy, Step
from bot.escalations.posts import CasePosts
from bot.escalations.service import Escalations
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.escalations.takers import Takers
from bot.escalations.wording import CardRef
from bot.slack.block_kit import Message
from bot.slack.channels import Channel
from bot.storage.database import Database
from bot.storage.deeds import Deeds
from tests.delivering import Everybody, NoUpdates

CRITERIA = load(shipped_playbooks()).criteria


def link(channel: str, ts: str) -> str:
    return f"https://x.slack.com/archives/{channel}/p{ts}"


OUTAGE = "Acme says they will take their business elsewhere over the outage"


@dataclass
class Chain:
    """Slack's side: who would be paged."""

    steps: tuple[Step, ...] = (
        Step(("U1",), timedelta(minutes=10)),
        Step(("U2", "U3"), timedelta(minutes=5)),
    )
    zones: dict[str, str] = field(default_factory=lambda: dict.fromkeys(("U1", "U2", "U3"), "UTC"))

    members: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def roster(self, channel: str, *, at_once: bool) -> Roster:
        return self.as_known(Roster(Policy(self.steps), self.steps, {}, self.steps))

    def as_known(self, roster: Roster) -> Roster:
        named = [[self.members.get(one, (one,)) for one in step.who] for step in roster.named]
        steps = tuple(
            Step(tuple(one for group in who for one in group), step.wait)
            for who, step in zip(named, roster.named, strict=True)
        )
        return replace(roster, steps=steps, zones=self.zones)

    def place(self, channel: str) -> Channel:
        return Channel(channel, private=channel.startswith("G"))


class ButPrivate(Everybody):
    """Everybody reads everything, but for what is said in channels that are *private*."""

    def __init__(self) -> None:
        self.private: set[str] = set()

    def may_join(self, one: str, other: str) -> bool:
        return one == other or not {one, other} & self.private

    def may_be_shown(self, channel: str, origin: str) -> bool:
        return channel == origin or origin not in self.private


class Desk:
    """What a test does and sees."""

    def __init__(self, database: Database, clock: MovableClock, cards: Cards | None = None) -> None:
        self.chain, self.clock, self.database = Chain(), clock, database
        self.outbox = Outbox(database, "T1")
        self.admins: set[str] = set()
        self.found = cards or Cards()
        self.readers = ButPrivate()
        self.queue = DeliveryQueue(self.outbox)
        self.open()
        self._ts = 0

    def open(self) -> None:
        store, neighbours = (
            CaseStore(self.database, "T1", self.outbox.set_aside),
            Neighbours(cards=lambda text, first: self.found),
        )
        self.settings = EscalationSettings(
            store, lambda: EscalationPlaybook(CRITERIA, Policy()), channels=("C1", "C2", "G1")
        )
        redraws = Redraws(self.outbox, NoUpdates())
        readers, deeds = self.readers, Deeds(self.database, "T1")
        gathering = Gathering(store, link, neighbours, self.settings.criteria)
        posts = CasePosts(store, self.outbox, redraws, blocks, gathering, readers)  # type: ignore[arg-type]
        self.paging = Paging(store, self.outbox, posts, self.chain)
        self.intake = Intake(store, self.paging, self.settings, self.chain, neighbours, self.clock, deeds, readers)  # type: ignore[arg-type]
        verbs = (store, self.outbox, self.paging, self.clock, readers, self.admins.__contains__)
        self.cases, self.closing = Escalations(*verbs), Closing(*verbs)  # type: ignore[arg-type]
        self.takers = Takers(store, self.cases, self.paging, self.clock, deeds, lambda user, channel: None)

    def say(self, text: str, *, thread: str | None = None, channel: str = "C1", by: str = "U9", ts: str = "") -> str:
        self._ts += 1
        ts = ts or f"{self.clock.now().timestamp() + self._ts / 1000:.6f}"
        self.intake.said(channel, thread, Utterance(by, Role.REP, text, ts))
        return ts

    def pages(self, case: str = "E1") -> list[str]:
        drafts = [one.draft for one in self.outbox.about(case) if one.draft.kind == "page" and one.state != "withdrawn"]
        return [one.recipient for one in drafts]

    def page(self, who: str = "U1", case: str = "E1") -> Message:
        """The last page to *who*, as it was planned."""
        drafts = [one.draft for one in self.outbox.about(case)]
        return [one.message for one in drafts if one.kind == "page" and one.recipient == who][-1]

    def find(self, card: str, name: str) -> None:
        """From now on that card is found for everything."""
        self.found = Cards((CardRef(card, name),), sure=False)

    def left_out(self, number: int) -> frozenset[str]:
        """Whom a page of that case would not be sent to."""
        return self.paging._store.left_out(self.cases.get(number))

    def drawn_page(self, who: str, case: str = "E1", readable: Set[str] | None = None) -> Message:
        """The last page to *who*, as it would be drawn now, for somebody who may read those channels."""
        one = self.cases.get(int(case[1:]))
        about = self.paging.posts.gathering.page(one, who, may_be_shown=lambda one: readable is None or one in readable)
        return blocks.page_message(one, who, about, outside=False)

    def ledger(self, case: str = "E1") -> Message:
        """The ledger, as it would be drawn now."""
        return self.paging.posts.ledger(self.cases.get(int(case[1:])))

    def told(self, case: str = "E1") -> list[str]:
        """What the case says in its thread besides its ledger."""
        kinds = ("page", "ledger", "root")
        return [one.draft.message.text for one in self.outbox.about(case) if one.draft.kind not in kinds]

    def arrive_for(self, who: str) -> None:
        """Let the page to *who* arrive."""
        now = self.clock.now()
        while claimed := self.queue.claim(f"@{who}", now):
            self.queue.sent(self.queue.mark_sending(claimed, now), f"{now.timestamp():.6f}", now)
        self.paging.fire_due(now)

    def lose(self, who: str, trouble: str = "user_disabled") -> None:
        """Slack refuses the page to *who*."""
        now = self.clock.now()
        while claimed := self.queue.claim(f"@{who}", now):
            give_up(self.queue, claimed, trouble, now)
        self.paging.fire_due(now)

    def writes(self, text: str, *, thread: str, by: str, channel: str = "C1") -> None:
        """Somebody writes in a watched thread, and who takes a case is heard."""
        case = self.takers.case_of(channel, thread)
        ts = self.say(text, thread=thread, by=by, channel=channel)
        if case is not None:
            self.takers.hear(case, by, text, f"{channel}:{thread}", ts, to_the_bot=False)

    def send(self, key: str, slack_ts: str) -> None:
        """Let the message of that key arrive."""
        channel = next(one.draft.channel for one in self.outbox.about(key.partition(":")[0]) if one.draft.key == key)
        now = self.clock.now()
        while claimed := self.queue.claim(channel, now):
            self.queue.sent(self.queue.mark_sending(claimed, now), slack_ts, now)
            if claimed[0].draft.key == key:
                return

    def arrive(self) -> None:
        """Let all messages arrive that can."""
        now = self.clock.now()
        for channel in {one.draft.channel for case in ("E1", "E2", "E3") for one in self.outbox.about(case)}:
            while claimed := self.queue.claim(channel, now):
                if leaving := self.queue.mark_sending(claimed, now):
                    self.queue.sent(leaving, f"{now.timestamp():.6f}", now)

    def pass_time(self, minutes: float) -> None:
        self.arrive()
        self.clock.advance(minutes=minutes)
        self.paging.fire_due(self.clock.now())

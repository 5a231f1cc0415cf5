"""Paging: what a case does without user input, opened, each step paged, ended; also the timer for due cases."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.delivery.model import DeliveryState
from bot.delivery.outbox import Outbox
from bot.errors import StorageUnavailable
from bot.escalations.model import OPEN, Case, CaseState, NextStep, Trigger, next_move
from bot.escalations.on_call import Rosters
from bot.escalations.posts import CasePosts, nothing, page_key, stamp_of
from bot.escalations.store import CaseLogEntry, CaseStore
from bot.storage.marks import RESTORED

_LOOK_AGAIN = timedelta(seconds=5)
_ZONE_WITHIN = timedelta(seconds=60)  # longer than that nobody is waited for to be told where somebody lives
_TOLD_AFTER = timedelta(seconds=20)
WAITS_FOR_SLACK = "waits for Slack to say who that is"
_ENDS_WAITING = (WAITS_FOR_SLACK, "paged", "held back until working hours")


class Paging:
    """
    Moves a case on: opens it, pages each step, ends it.

    *posts* is how people hear of it, *on_call* tells who is in a step by now. Its verbs are called in the transaction
    of what causes them, and ask nothing of Slack.
    """

    def __init__(self, store: CaseStore, outbox: Outbox, posts: CasePosts, on_call: Rosters) -> None:
        self._store = store
        self._outbox = outbox
        self.posts = posts
        self._on_call = on_call
        self.changed: Callable[[], None] = nothing  # called when something may be due sooner than before

    def open(self, case: Case, now: datetime) -> Case:
        """Keep a new case, with its ledger; returns it with its number."""
        case = self._store.add(case)
        self._store.log(case.number, case.asked_by or "", "opened", "", now)
        if case.thread_ts:
            self.posts.tell(case, "ledger", self.posts.ledger(case), now, kind="ledger")
        return case

    def open_outside(self, case: Case, said: str, now: datetime) -> Case:
        """Open a case for something that was not read in its thread; only what follows is read."""
        case = self.open(replace(case, read_from=f"{now.timestamp():.6f}"), now)
        if case.thread_ts:
            self._store.watch(case.channel, case.thread_ts, now)
        else:
            self.posts.tell(case, "root", self.posts.messages.root_message(case, said), now, kind="root", urgent=True)
        return case

    def _place(self, now: datetime) -> int:
        """Give a thread to those cases whose first message has arrived; returns to how many."""
        placed = 0
        for case in self._store.unplaced():
            root = next((one for one in self._outbox.about(case.id) if one.draft.kind == "root"), None)
            if root is None or root.state is not DeliveryState.SENT:
                continue
            with self._store.transaction():
                if self._store.open_at(case.channel, str(root.slack_ts)) is not None:
                    continue  # somebody else's already
                self._store.change(case.number, thread_ts=str(root.slack_ts))
                self._store.watch(case.channel, str(root.slack_ts), now)
                case = self._store.known(case.number)
                # one that only a backup remembers may have its ledger already
                due = root.draft.due if root.trouble == RESTORED else now
                self.posts.tell(case, "ledger", self.posts.ledger(case), now, kind="ledger", due=due)
                self.posts.redraw(case.number)
            placed += 1
        return placed

    def meet(self, case: Case, fresh: Sequence[Trigger], now: datetime) -> None:
        """Criteria are met: page, or add them to a page that is out; an urgent one that is new pages anew."""
        if not fresh:
            return
        urgent = any(one.urgent for one in fresh) and not case.urgent
        self._store.change(case.number, OPEN, met=(*case.met, *fresh))
        for one in fresh:
            self._store.log(case.number, "", "criterion met", f"{one.criterion}: {one.evidence[:200]}", now)
        case = self._store.known(case.number)
        held = case.state is CaseState.PAGING and case.tries == 0
        if case.state in (CaseState.OPEN, CaseState.UNANSWERED) or (
            urgent and (held or case.state is not CaseState.ACKNOWLEDGED)
        ):
            self.move(replace(case, tries=0) if case.state is not CaseState.PAGING or held else case, now, again=True)
        elif urgent:
            self.page(case, case.step, case.tries, now)
        self.posts.redraw(case.number)

    def cancel_pages(self, case: Case, now: datetime) -> None:
        """What the case was for is gone before anybody was told: no page, no case."""
        waiting = case.tries == 0
        out = self._outbox.cancel(case.id, "page")
        sent = [
            one for one in self._outbox.about(case.id) if one.draft.kind == "page" and one.state is DeliveryState.SENT
        ]
        if (out or waiting) and not sent:
            self._outbox.cancel(case.id)
            self._store.change(
                case.number, OPEN, state=CaseState.CLOSED, due_at=None, closed_at=now, outcome="taken back", met=()
            )
            self._store.log(case.number, "", "taken back before anybody was paged", "", now)
            self.posts.redraw(case.number)

    def fire_due(self, now: datetime) -> int:
        """Go on with every case whose time has come, or whose thread has begun; returns how many."""
        fired = self._place(now)
        for found in self._store.due(now):
            try:
                with self._store.transaction():
                    fired += self._go_on(found.number, now)
            except StorageUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the others go on all the same
                self._store.put_aside(found.number, error)
        return fired

    def _go_on(self, number: int, now: datetime) -> int:
        """Go on with that case, if its time has come; returns 1 if something was done."""
        case = self._store.known(number)
        if case.due_at is None or case.due_at > now:
            return 0
        case = self._page_newcomers(case, now)
        if (later := self._not_before(case, now)) is not None:
            self._store.change(case.number, due_at=later)
            return 0
        self.move(case, now)
        return 1

    def clock_was_set_back(self, now: datetime) -> None:
        """Whoever was paged has the time of their step from *now* on, and not hours more."""
        for case in self._store.all_open():
            if case.state is not CaseState.PAGING or case.due_at is None:
                continue
            wait = case.roster.steps[case.step].wait
            if case.tries and case.due_at > now + wait:
                with self._store.transaction():
                    self._store.change(case.number, (CaseState.PAGING,), due_at=now + wait)

    def _up_to_date(self, case: Case) -> Case:
        """*case* with who is known to be on call by now."""
        roster = self._on_call.as_known(case.roster)
        if roster != case.roster:
            self._store.change(case.number, policy=roster)
            case = replace(case, roster=roster)
        return case

    def _page_newcomers(self, case: Case, now: datetime) -> Case:
        """Page those of a step that is paged of whom Slack said only now that they are in one of its groups."""
        if case.state is not CaseState.PAGING or not case.tries or not case.roster.unknown_groups(case.step):
            return case
        case = self._up_to_date(case)
        pages = self._store.pages(case.number)
        paged = {one.who for one in pages if one.number == pages[-1].number}
        fresh = [one for one in case.roster.people_of(case.step) if one not in paged]
        if fresh:
            self._store.add_pages(case, fresh, case.step, now, page=pages[-1].number)
            self.posts.page(case, pages[-1].number, fresh, now)
            self._log_paged(case, fresh, now)
            self.posts.redraw(case.number)
        return case

    def _not_before(self, case: Case, now: datetime) -> datetime | None:
        """
        When to look again where nobody had the time to answer: the wait counts from when the page had arrived.

        So a page that is late, because Slack was away or the bot was, does not take the next step's people with it.
        """
        if case.state is not CaseState.PAGING or case.tries == 0:
            return None
        is_whole = not case.roster.unknown_groups(case.step)
        last = page_key(case, self._store.pages(case.number)[-1].number)
        mine = [one for one in self._outbox.about(case.id) if one.draft.key.startswith(last)]
        arrived = [one.sent_at for one in mine if one.state is DeliveryState.SENT and one.sent_at is not None]
        if arrived:
            ends = min(arrived) + case.roster.steps[case.step].wait
            if min(arrived) > now:  # by a clock that was set back since: its time was counted anew then
                return None
            return (ends if is_whole else min(ends, now + _LOOK_AGAIN)) if ends > now else None
        on_their_way = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
        return now + _LOOK_AGAIN if any(one.state in on_their_way for one in mine) else None

    def next_due(self) -> datetime | None:
        """When the next case goes on."""
        return self._store.next_due()

    def move(
        self, case: Case, now: datetime, *, again: bool = False, at_once: bool = False, from_step: int | None = None
    ) -> None:
        """Do what comes next: page, hold back, or end; *again* and *from_step* where somebody asks for it."""
        if case.state is CaseState.ACKNOWLEDGED and not again and from_step is None and self._has_spoken(case):
            self._store.change(case.number, OPEN, due_at=None)
            return
        case = self._up_to_date(case)
        waited = _waited(self._store.entries(case.number), now)
        move = next_move(case, now, at_once=at_once, from_step=from_step, guess=waited > _ZONE_WITHIN)
        if move.unknown and waited > case.roster.steps[move.step].wait and move.step + 1 < len(case.roster.steps):
            move = next_move(case, now, at_once=at_once, from_step=move.step + 1, guess=True)
        if move.lapsed:
            self._store.log(case.number, move.lapsed, "let it lapse", "", now)
            self.posts.tell(case, f"lapsed:{stamp_of(now)}", self.posts.messages.lapsed_message(case, move.lapsed), now)
        if move.ended:
            self._end(case, now)
        elif move.unknown:
            self._wait_for_slack(case, move, now)
        elif move.held_until:
            self._hold(case, move, now)
        else:
            self.page(case, move.step, move.tries, now)
        self.posts.redraw(case.number)

    def _has_spoken(self, case: Case) -> bool:
        """Whether whoever has it said something in the thread since."""
        if case.taken_by is None:
            return False
        thread = self._store.thread(case.channel, case.thread_ts, self._since(case))
        return any(one.author == case.taken_by for one in thread)

    def _since(self, case: Case) -> str:
        taken = [one for one in self._store.entries(case.number) if one.what == "has it"]
        return f"{taken[-1].at.timestamp():.6f}" if taken else ""

    def page(self, case: Case, step: int, tries: int, now: datetime) -> None:
        """Page that step, for the *tries*-th time."""
        case = self._up_to_date(case)
        who, wait = case.roster.people_of(step), case.roster.steps[step].wait
        if not who:
            self._wait_for_slack(case, NextStep(step, tries - 1, unknown=True), now)
            return
        if case.roster.unknown_groups(step):
            wait = min(wait, _LOOK_AGAIN)
        self._store.change(
            case.number,
            OPEN,
            state=CaseState.PAGING,
            step=step,
            tries=tries,
            due_at=now + wait,
            taken_by=None,
            taken_until=None,
        )
        page = self._store.add_pages(case, who, step, now)
        self.posts.page(self._store.known(case.number), page, who, now)
        self._log_paged(case, who, now)

    def _log_paged(self, case: Case, who: Sequence[str], now: datetime) -> None:
        for one in who:
            self._store.log(case.number, "", "paged", f"<@{one}>", now)

    def _wait_for_slack(self, case: Case, move: NextStep, now: datetime) -> None:
        """Look again in a few seconds; whoever is in the thread hears of it once it is more than a moment."""
        entries = self._store.entries(case.number)
        waited = _waited(entries, now)
        if not any(one.what == WAITS_FOR_SLACK for one in entries[-1:]):
            self._store.log(case.number, "", WAITS_FOR_SLACK, "", now)
        self._store.change(
            case.number, OPEN, state=CaseState.PAGING, step=move.step, tries=max(move.tries, 0),
            due_at=now + _LOOK_AGAIN, taken_by=None, taken_until=None,
        )  # fmt: skip
        if waited > _TOLD_AFTER and case.roster.unknown_groups(move.step):
            kept = self._store.known(case.number)
            key = f"unknown:{move.step}:{stamp_of(now - waited)}"
            self.posts.tell(kept, key, self.posts.messages.unknown_message(kept), now, urgent=True)

    def _hold(self, case: Case, move: NextStep, now: datetime) -> None:
        self._store.change(
            case.number, OPEN, state=CaseState.PAGING, step=move.step, tries=move.tries, due_at=move.held_until,
            taken_by=None, taken_until=None,
        )  # fmt: skip
        if move.held_until:
            held = self.posts.messages.held_message(self._store.known(case.number))
            self.posts.tell(case, f"held:{stamp_of(move.held_until)}{self._outbox.anew()}", held, now)
            self._store.log(case.number, "", "held back until working hours", "", now)

    def _end(self, case: Case, now: datetime) -> None:
        self._store.change(case.number, OPEN, state=CaseState.UNANSWERED, due_at=None, taken_by=None, taken_until=None)
        self._store.log(
            case.number, "", "nobody answered" if case.roster.steps else "nobody is set to be paged", "", now
        )
        self.posts.unanswered(self._store.known(case.number), self._store.times_unanswered(case.number), now)


def _waited(entries: Sequence[CaseLogEntry], now: datetime) -> timedelta:
    """How long a case with that log has been waiting for Slack to say who somebody is."""
    last = next((one for one in reversed(entries) if one.what in _ENDS_WAITING), None)
    return now - last.at if last is not None and last.what == WAITS_FOR_SLACK else timedelta()

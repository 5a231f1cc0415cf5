"""Paging: what a case does without user input, opened, each step paged, ended; also the timer for due cases."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.delivery.model import DeliveryState
from bot.delivery.outbox import Outbox
from bot.errors import StorageUnavailable
from bot.escalations.model import OPEN, Case, CaseState, NextStep, Trigger, next_move
from bot.escalations.on_call import Rosters
from bot.escalations.page_store import CANCELLED, MET, PASSED, QUIETED, CaseLogEntry, Reached
from bot.escalations.posts import CasePosts, nothing, page_key, stamp_of
from bot.escalations.store import CaseStore
from bot.escalations.wording import ChainEnd, asked_before, last_pages, people
from bot.storage.marks import RESTORED

_LOOK_AGAIN = timedelta(seconds=5)
_ROOT_WITHIN = timedelta(seconds=20)  # so long a page waits for the message that its link leads to
_UNDER_WAY = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.IN_DOUBT)
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
                if case.state is CaseState.PAGING and not case.tries and self._waits_for_root(case, now):
                    self._store.change(case.number, due_at=now)  # its page can go: it has something to lead to
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
        self._store.change(case.number, OPEN, met=case.with_met(fresh))
        for one in fresh:
            words = "" if one.channel else f": {one.evidence[:200]}"  # others may read the case than where it was said
            self._store.log(case.number, "", MET, f"{one.criterion}{words}", now)
        case = self._store.known(case.number)
        held = case.state is CaseState.PAGING and case.tries == 0
        if case.state in (CaseState.OPEN, CaseState.UNANSWERED) or (
            urgent and (held or case.state is not CaseState.ACKNOWLEDGED)
        ):
            fresh_start = replace(case, tries=0, step=0 if case.state is CaseState.UNANSWERED else case.step)
            self.move(fresh_start if case.state is not CaseState.PAGING or held else case, now, again=True)
        elif case.state is CaseState.ACKNOWLEDGED:
            where = next((one for one in fresh if one.channel), None)
            link = self.posts.gathering.link_to(where.channel, where.ts) if where is not None else ""
            news = self.posts.messages.news_message(case, fresh, link)
            self.posts.tell(case, f"news:{stamp_of(now)}", news, now)
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
            self._store.part(case.number)
            self._store.log(case.number, "", "taken back before anybody was paged", "", now)
            self.posts.redraw(case.number)

    def fire_due(self, now: datetime) -> int:
        """Go on with every case whose time has come, or whose thread has begun; returns how many."""
        fired = self._place(now) + self._hear_of_pages(now)
        for found in self._store.due(now):
            try:
                with self._store.transaction():
                    fired += self._go_on(found.number, now)
            except StorageUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the others go on all the same
                self._store.put_aside(found.number, error)
        return fired

    def _hear_of_pages(self, now: datetime) -> int:
        """Write down which pages have arrived; go on at once where none to a step could be delivered."""
        heard = self._store.reached()
        by_case: dict[int, list[Reached]] = {}
        for one in heard:
            by_case.setdefault(one.case, []).append(one)
        for number, pages in by_case.items():
            try:
                with self._store.transaction():
                    self._note_reached(number, pages, now)
            except StorageUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the others go on all the same
                self._store.put_aside(number, error)
        return len(heard)

    def _note_reached(self, number: int, pages: Sequence[Reached], now: datetime) -> None:
        for one in pages:
            self._store.note_reached(one, now)
            if one.at is not None:
                self._store.log(number, "", "paged", f"<@{one.who}>", one.at)
            elif one.trouble != CANCELLED:
                self._store.log(number, "", "could not be paged", f"<@{one.who}>", now)
        case = self._store.known(number)
        lost = {one.who: one.trouble for one in pages if one.at is None and one.trouble != CANCELLED}
        if lost and case.state is CaseState.PAGING and case.tries:
            self._pass_over(case, lost, now)
        self.posts.redraw(number)

    def _pass_over(self, case: Case, lost: dict[str, str], now: datetime) -> None:
        """Some could not be reached, and the thread hears of it; where nobody of the step was, the next one at once."""
        coming = ""
        if all(one.trouble for one in last_pages(self._store.pages(case.number))):
            self.move(case, now)
            coming = self._coming(self._store.known(case.number))
        told = self.posts.messages.unreachable_message(case, lost, coming)
        self.posts.tell(case, f"unreachable:{'-'.join(lost)}:{stamp_of(now)}{self._outbox.anew()}", told, now)

    def _coming(self, case: Case) -> str:
        """What is done next, in a sentence."""
        if case.state is CaseState.PAGING and case.tries:
            asked = [one for one in case.roster.people_of(case.step) if one not in self._store.left_out(case)]
            return f"Paging {people(asked)}." if asked else "Paging the next in the chain."
        if case.state is CaseState.PAGING:
            return "The next page waits for working hours." if case.due_at else ""
        return "There is nobody else to page: who takes it?"

    def _waits_for_root(self, case: Case, now: datetime) -> bool:
        """Whether it began a moment ago, and the message that begins its thread is on its way."""
        if now - case.opened_at > _ROOT_WITHIN:
            return False
        return any(
            one.draft.kind == "root" and (one.state in _UNDER_WAY or one.state is DeliveryState.SENT)
            for one in self._outbox.about(case.id)
        )

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
        paged = {one.who for one in last_pages(pages)}
        fresh = [one for one in case.roster.people_of(case.step) if one not in paged]
        if fresh:
            self._store.add_pages(case, fresh, case.step, now, page=pages[-1].number)
            self.posts.page(case, pages[-1].number, fresh, now)
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
        return now + _LOOK_AGAIN if any(one.state in _UNDER_WAY for one in mine) else None

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
        decide = partial(next_move, case, now, at_once=at_once, leave_out=self._store.left_out(case))
        move = decide(from_step=from_step, guess=waited > _ZONE_WITHIN)
        if move.unknown and waited > case.roster.steps[move.step].wait and move.step + 1 < len(case.roster.steps):
            move = decide(from_step=move.step + 1, guess=True)
        if move.lapsed:
            self._store.log(case.number, move.lapsed, "let it lapse", "", now)
        self._do(case, move, now)
        if move.lapsed and not move.ended:
            coming = self._coming(self._store.known(case.number))
            told = self.posts.messages.lapsed_message(case, move.lapsed, coming)
            self.posts.tell(case, f"lapsed:{stamp_of(now)}", told, now)
        self.posts.redraw(case.number)

    def _do(self, case: Case, move: NextStep, now: datetime) -> None:
        if not case.thread_ts and case.home is None and not move.ended and self._waits_for_root(case, now):
            self._store.change(
                case.number, OPEN, state=CaseState.PAGING, step=move.step, tries=0, due_at=now + _LOOK_AGAIN
            )
        elif move.ended:
            self._end(case, now)
        elif move.unknown:
            self._wait_for_slack(case, move, now)
        elif move.held_until:
            self._hold(case, move, now)
        else:
            self.page(case, move.step, move.tries, now)

    def _has_spoken(self, case: Case) -> bool:
        """Whether whoever has it said something, in any thread of the case, since they first had it."""
        if case.taken_by is None:
            return False
        threads = [(case.channel, case.thread_ts), *self._store.joined_to(case.number)]
        since = self._since(case)
        return any(one.author == case.taken_by for where in threads for one in self._store.thread(*where, since))

    def _since(self, case: Case) -> str:
        """When whoever has it took it; not when they said how long they need."""
        began = holder = ""
        for one in self._store.entries(case.number):
            if one.what == "has it":
                began = began if began and one.who == holder else f"{one.at.timestamp():.6f}"
                holder = one.who
            elif one.what in ("let it lapse", PASSED, *QUIETED):
                began = ""
        return began

    def page(self, case: Case, step: int, tries: int, now: datetime) -> None:
        """Page that step, for the *tries*-th time."""
        case = self._up_to_date(case)
        left_out, wait = self._store.left_out(case), case.roster.steps[step].wait
        who = [one for one in case.roster.people_of(step) if one not in left_out]
        if not who and case.roster.people_of(step):
            self.move(case, now, again=True, from_step=step + 1)
            return
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
        if move.held_until and case.thread_ts:  # else the ledger says so, once there is a thread
            held = self.posts.messages.held_message(self._store.known(case.number))
            self.posts.tell(case, f"held:{stamp_of(move.held_until)}{self._outbox.anew()}", held, now)
            self._store.log(case.number, "", "held back until working hours", "", now)

    def _end(self, case: Case, now: datetime) -> None:
        self._store.change(case.number, OPEN, state=CaseState.UNANSWERED, due_at=None, taken_by=None, taken_until=None)
        pages = self._store.pages(case.number)
        reached = not pages or any(one.reached_at for one in pages)
        what = "nobody answered" if reached else "nobody could be reached"
        self._store.log(case.number, "", what if case.roster.steps else "nobody is set to be paged", "", now)
        tried, link = asked_before(pages, self._store.entries(case.number)), self.posts.gathering.link_of(case)
        end = ChainEnd(tried, asked=bool(pages), reached=reached, link=link)
        times = self._store.times_unanswered(case.number)
        self.posts.unanswered(self._store.known(case.number), times, end, now)


def _waited(entries: Sequence[CaseLogEntry], now: datetime) -> timedelta:
    """How long a case with that log has been waiting for Slack to say who somebody is."""
    last = next((one for one in reversed(entries) if one.what in _ENDS_WAITING), None)
    return now - last.at if last is not None and last.what == WAITS_FOR_SLACK else timedelta()

"""The values of escalations, and what happens next: no I/O, no clock of its own."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.escalations.policy import Hours, Policy, Step

ASKED = "asked"  # the criterion of a case that a person began
BROKEN_PROMISE = "broken-promise"  # the criterion that the clock may meet
LONGEST_CUSTOMER = 80


class CaseState(StrEnum):
    """
    open: cards were given, nobody paged. paging: somebody is asked, or held back until working hours. acknowledged:
    somebody has it until a time. unanswered: the chain ended. closed: with an outcome.
    """

    OPEN = "open"
    PAGING = "paging"
    ACKNOWLEDGED = "acknowledged"
    UNANSWERED = "unanswered"
    CLOSED = "closed"


OPEN = (CaseState.OPEN, CaseState.PAGING, CaseState.ACKNOWLEDGED, CaseState.UNANSWERED)


class CaseOutcome(StrEnum):
    """How the manager's part in a case ends, in people's words; with some of them the case goes on with a rep."""

    SOLVED = "solved"
    BACK = "back with the rep"
    TO_ANOTHER = "to another rep"
    PARTED = "we part"
    DECLINED = "we decline"
    NOT_OURS = "not ours"

    @property
    def goes_on(self) -> bool:
        """Whether the case stays open, with its rep or with another."""
        return self in (CaseOutcome.BACK, CaseOutcome.TO_ANOTHER)


class Cause(StrEnum):
    """What was behind it."""

    DEFECT = "defect"
    LAPSE = "lapse"
    MISCOMMUNICATION = "miscommunication"
    EXPECTATION = "expectation"
    OTHER = "other"


REOPENED_WITHIN = timedelta(days=14)


class NotNeeded(StrEnum):
    """Why a page was not needed: the feedback that tunes the rules."""

    JOKE = "joke"
    SETTLED = "settled"
    NOT_OURS = "not ours"
    TOO_SOON = "too soon"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Trigger:
    """
    A criterion that a case meets: its id, what it means, the words that show it, and whether it cannot wait.

    *known*: not read in the thread, so that nothing said there takes it back. *ts*: the message that holds the words.
    *because*: what spoke most for it, in words, where it was learnt. *channel*: where that message stands, if it is not
    the case's own: it was said in a thread that joined the case. *old*: the case was handed back or reopened since, so
    that the same said anew counts anew.
    """

    criterion: str
    means: str
    evidence: str
    urgent: bool
    known: bool = False
    ts: str = ""
    because: tuple[str, ...] = ()
    channel: str = ""
    old: bool = False

    @property
    def name(self) -> str:
        """The criterion in a word or two, as people say it: "threatens to leave"."""
        return self.criterion.replace("-", " ").replace("_", " ")


def is_group(ident: str) -> bool:
    """Whether *ident* names a user group."""
    return ident.startswith("S")


@dataclass(frozen=True, slots=True)
class Roster:
    """
    The chain as a case keeps it: *named* as it was set, *steps* with groups replaced by those last known to be in them.

    A group of which nobody knows who is in it stands in *steps* as it is named. *zones* are those last known.
    """

    policy: Policy
    steps: tuple[Step, ...]
    zones: Mapping[str, str] = field(default_factory=dict)
    named: tuple[Step, ...] = ()

    def people(self) -> tuple[str, ...]:
        """Everybody in the chain who is known, in its order."""
        return tuple(dict.fromkeys(one for step in self.steps for one in step.who if not is_group(one)))

    def people_of(self, step: int) -> tuple[str, ...]:
        """Those of one step who are known."""
        return tuple(one for one in self.steps[step].who if not is_group(one))

    def with_step(self, behind: int, who: str) -> "Roster":
        """The same chain with a step of its own for *who* behind the step *behind*."""
        fresh = Step((who,), self.policy.wait)
        named = self.named or self.steps
        return replace(
            self,
            steps=(*self.steps[: behind + 1], fresh, *self.steps[behind + 1 :]),
            named=(*named[: behind + 1], fresh, *named[behind + 1 :]),
        )

    def unknown_groups(self, step: int) -> tuple[str, ...]:
        """The groups of one step of which nobody knows who is in them."""
        return tuple(one for one in self.steps[step].who if is_group(one)) if step < len(self.steps) else ()

    def without_zone(self, step: int) -> tuple[str, ...]:
        """Those of one step of whom nobody knows in which time zone they are."""
        return tuple(one for one in self.people_of(step) if one not in self.zones)

    def opens(self, step: int, now: datetime, *, guess: bool = False) -> datetime | None:
        """
        When the first person of that step may be paged, if it is not urgent. None: nobody's zone is known.

        With *guess* the zone of those without one is taken to be UTC.
        """
        hours: Hours = self.policy.hours
        who = self.people_of(step)
        zones = [self.zones.get(one, "UTC") for one in who if guess or one in self.zones]
        if hours.always or not who:
            return now
        return min((hours.next_open(now, ZoneInfo(zone)) for zone in zones), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """
    A case as it is kept. *step* and *tries* say whom it asked last, and how often; *due_at* when it goes on.

    One that was not kept yet has the number 0. *token* is the random part of what its buttons carry. *home*: where it
    posts, where other organisations read its channel: another channel, or "" for nowhere; None: in its own. *card* is
    the id of the card that fitted when it began; *line* what somebody wrote when it ended.
    """

    number: int = 0
    channel: str
    thread_ts: str
    private: bool
    customer: str | None
    owner: str
    asked_by: str | None = None
    roster: Roster
    met: tuple[Trigger, ...] = ()
    muted: frozenset[str] = frozenset()
    state: CaseState = CaseState.OPEN
    step: int = 0
    tries: int = 0
    due_at: datetime | None = None
    opened_at: datetime
    taken_by: str | None = None
    taken_until: datetime | None = None
    read_from: str = ""
    closed_at: datetime | None = None
    closed_by: str | None = None
    outcome: str | None = None
    cause: str | None = None
    token: str = ""
    home: str | None = None
    card: str = ""
    line: str = ""

    @property
    def id(self) -> str:
        """What people call it, such as E7."""
        return f"E{self.number}"

    @property
    def handle(self) -> str:
        """What its buttons carry."""
        return f"{self.number} {self.token}".strip()

    @property
    def is_open(self) -> bool:
        """Whether it has no outcome yet."""
        return self.state is not CaseState.CLOSED

    @property
    def now_met(self) -> tuple[Trigger, ...]:
        """What it is about now; all that it ever was about, where nothing was said since it was handed back."""
        return tuple(one for one in self.met if not one.old) or self.met

    @property
    def urgent(self) -> bool:
        """Whether anything in it pages at any hour."""
        return any(one.urgent for one in self.now_met)

    def settled(self) -> tuple[Trigger, ...]:
        """What it met, as it is kept once somebody has dealt with it."""
        return tuple(replace(one, old=True, known=True) for one in self.met)

    def with_met(self, fresh: Sequence[Trigger]) -> tuple[Trigger, ...]:
        """What it meets with *fresh*: each criterion once, as it was met last."""
        names = {one.criterion for one in fresh}
        return (*(one for one in self.met if one.criterion not in names), *fresh)

    @property
    def title(self) -> str:
        """What it is called in a sentence."""
        return self.customer or "A customer"

    def may_take(self, user: str, *, is_admin: bool) -> bool:
        """
        Whether *user* may take or resolve it: the chain, the owner, whoever has it, admins.

        Where nobody is being asked (yet, or any more), anybody may who is in its channel.
        """
        in_charge = (self.owner, self.taken_by, *self.roster.people())
        return is_admin or user in in_charge or self.state in (CaseState.OPEN, CaseState.UNANSWERED)

    def may_be_reopened(self, now: datetime) -> bool:
        """Whether it ended so lately that it can go on where it was."""
        return self.closed_at is not None and now - self.closed_at < REOPENED_WITHIN


@dataclass(frozen=True, slots=True)
class NextStep:
    """
    What a case does when its time has come: page *step* for the *tries*-th time, wait until *held_until*, or end.

    *unknown*: it has to wait until Slack says who that is, or in which time zone. *lapsed* is who had it and let it
    lapse.
    """

    step: int = 0
    tries: int = 0
    held_until: datetime | None = None
    ended: bool = False
    unknown: bool = False
    lapsed: str | None = None


def next_move(
    case: Case,
    now: datetime,
    *,
    at_once: bool = False,
    from_step: int | None = None,
    guess: bool = False,
    leave_out: Set[str] = frozenset(),
) -> NextStep:
    """
    The next move of *case* at *now*; *at_once* does not wait for working hours, *from_step* goes to that step.

    The same people again, as often as the policy says, then the next step, then the end. After a lapse the chain
    goes on behind whoever had it. *guess*: do not wait any longer for Slack to tell in which zone somebody is.
    *leave_out*: people who are not to be paged; a step that has nobody else is passed over.
    """
    lapsed = case.taken_by if case.state is CaseState.ACKNOWLEDGED and from_step is None else None
    step, tries = _next_step(case, lapsed, from_step)
    steps = case.roster.steps
    while step < len(steps) and (who := case.roster.people_of(step)) and leave_out >= set(who):
        step, tries = step + 1, 1
    if step >= len(steps):
        return NextStep(case.step, case.tries, ended=True, lapsed=lapsed)
    if not case.roster.people_of(step):
        return NextStep(step, tries - 1, unknown=True, lapsed=lapsed)
    if not (case.urgent or at_once):
        opens = case.roster.opens(step, now, guess=guess)
        if opens is None:
            return NextStep(step, tries - 1, unknown=True, lapsed=lapsed)
        if opens > now:
            return NextStep(step, tries - 1, held_until=opens, lapsed=lapsed)
    return NextStep(step, tries, lapsed=lapsed)


def _next_step(case: Case, lapsed: str | None, from_step: int | None) -> tuple[int, int]:
    """The step that would be paged next, and for which time."""
    if from_step is not None:
        return from_step, 1
    if case.tries == 0:
        return case.step, 1
    if lapsed is not None:
        return next((at for at, one in enumerate(case.roster.steps) if lapsed in one.who), case.step) + 1, 1
    if case.tries <= case.roster.policy.repeats:
        return case.step, case.tries + 1
    return case.step + 1, 1


def span(wait: timedelta) -> str:
    """*wait* in words, for people."""
    seconds = round(wait.total_seconds())
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {name}{'s' * (seconds != size)}"
    return f"{seconds} seconds"


def precision(answers: Sequence[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """For each criterion how many of its answered pages were taken, and how many there were."""
    found: dict[str, tuple[int, int]] = {}
    for criterion, answer in answers:
        good, all_of_them = found.get(criterion, (0, 0))
        found[criterion] = (good + (answer == "taken"), all_of_them + 1)
    return found


def urgency(case: Case) -> tuple[int, int, datetime]:
    """What a queue is sorted by: what nobody has first, of that what is urgent, of that the oldest."""
    waits = {CaseState.UNANSWERED: 0, CaseState.PAGING: 1, CaseState.OPEN: 2, CaseState.ACKNOWLEDGED: 3}
    return waits.get(case.state, 4), int(not case.urgent), case.opened_at

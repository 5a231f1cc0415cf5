"""What pages and ledgers say besides their case, gathered from what is kept of it. Nothing is asked of Slack."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.delivery.model import Delivery
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.model import Case, CaseState, next_move
from bot.escalations.page_store import PASSED_TO, CaseLogEntry, Page
from bot.escalations.particulars import Particulars, as_spoken, part_that_matters, particulars
from bot.escalations.store import CaseStore
from bot.escalations.wording import (
    NOTHING_NOTED,
    CardRef,
    CustomerStatus,
    LedgerContext,
    PageContext,
    Quotation,
    asked_before,
    outcome_words,
    people,
)
from bot.slack.block_kit import moment
from bot.slack.text import quote

Shown = Callable[[str], bool]  # whether what was said in a channel may be shown to somebody, or somewhere
_REMEMBERED = 1_000
_MOST_CARDS = 3


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards for a thread, the best first. *sure*: the first surely fits."""

    cards: tuple[CardRef, ...] = ()
    sure: bool = False


@dataclass(slots=True)
class Neighbours:
    """
    What other features tell, once they are connected.

    *cards* is those of the ids, or where there are none what is found for a text; *card* is the one of an id; *status*
    what a case's customer was told and promised, of what may be shown in a place by the test that it is given, and
    *record* how promises to them ended;
    *customers* are those known besides cases', *is_public* whether one is named where everybody may read; *words* what
    somebody typed for the answer that a button stands on.
    """

    cards: Callable[[str, Sequence[str]], Cards] = lambda text, first: Cards()
    card: Callable[[str], CardRef | None] = lambda card_id: None
    status: Callable[[Case, Callable[[str], bool]], CustomerStatus] = lambda case, may_be_shown: NOTHING_NOTED
    record: Callable[[Case, Callable[[str], bool]], str] = lambda case, may_be_shown: ""
    customers: Callable[[], Sequence[str]] = tuple
    is_public: Callable[[str], bool] = lambda customer: False
    words: Callable[[str, str], str] = lambda value, by: ""


class Gathering:
    """Gathers it. *link* gives the address of a message, *criteria* those in force."""

    def __init__(
        self,
        store: CaseStore,
        link: Callable[[str, str], str],
        neighbours: Neighbours,
        criteria: Callable[[], Criteria],
    ) -> None:
        self._store = store
        self._link = link
        self._neighbours = neighbours
        self._criteria = criteria
        self._found: OrderedDict[tuple[str, tuple[str, ...]], tuple[CardRef, ...]] = (
            OrderedDict()
        )  # a page is drawn more than once

    def page(self, case: Case, who: str, nth: int | None = None, may_be_shown: Shown | None = None) -> PageContext:
        """
        What the *nth* page (from 0) to *who* says besides its case; by default the last one.

        Of what *may_be_shown* to them, asked for each channel; by default, where Slack may not be asked, of its own
        channel and of public ones.
        """
        case = self.as_shown(case, may_be_shown or (lambda channel: channel == case.channel))
        pages, entries = self._store.pages(case.number), self._store.entries(case.number)
        theirs = [one for one in pages if one.who == who]
        nth = len(theirs) - 1 if nth is None else nth
        mine = theirs[nth] if 0 <= nth < len(theirs) else None
        name = case.customer or ""
        earlier = [one for one in self._store.about(name) if 0 < one.number < case.number] if name else []
        words = " ".join(one.evidence for one in case.met)
        return PageContext(
            link=self.link_of(case),
            history=self._history(case, name, earlier, may_be_shown),
            cards=self.cards_for(words, [one.criterion for one in case.met]) if words else (),
            quotations=tuple(self._quotations(case)),
            particulars=self.particulars(case),
            before=asked_before(pages, entries, who),
            coming=self._coming(case, who),
            repeat=max(nth, 0) + 1,
            since=self._since(case, theirs[nth - 1]) if nth > 0 and nth < len(theirs) else "",
            is_last=nth >= len(theirs) - 1,
            answer=(mine.answer or "") if mine else "",
            answered_at=mine.answered_at if mine else None,
            passed_to=_passed_to(pages, entries, mine) if mine else "",
            may_be_named=bool(name)
            and (self._neighbours.is_public(name) or any(_is_public(one, may_be_shown) for one in earlier)),
        )

    def ledger(self, case: Case, may_be_shown: Callable[[str], bool]) -> LedgerContext:
        """What the ledger of *case* says besides it, of what *may_be_shown* where it stands."""
        return LedgerContext(
            noted=self._neighbours.status(case, may_be_shown),
            pages=self._store.pages(case.number),
            particulars=self.particulars(case),
            card=self._card(case),
            coming=self._coming(case, ""),
            also=tuple(self._link(*one) for one in self._store.joined_to(case.number) if may_be_shown(one[0])),
        )

    def as_shown(self, case: Case, may_be_shown: Shown) -> Case:
        """*case* without the words that were said in joined threads of channels that may not be shown."""
        met = [one if not one.channel or may_be_shown(one.channel) else replace(one, evidence="") for one in case.met]
        return replace(case, met=tuple(met))

    def link_of(self, case: Case) -> str:
        """The address of its thread; "" while it has none."""
        return self._link(case.channel, case.thread_ts) if case.thread_ts else ""

    def link_to(self, channel: str, ts: str) -> str:
        """The address of a message."""
        return self._link(channel, ts)

    def cards_for(self, words: str, met: Sequence[str], *, manager: bool = True) -> tuple[CardRef, ...]:
        """The manager's cards for the criteria *met*, by id; where there are none, those for *words*."""
        key = words, self._criteria().cards(met, manager=manager)
        if key not in self._found:
            self._found[key] = self._neighbours.cards(*key).cards[:_MOST_CARDS]
            if len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return self._found[key]

    def particulars(self, case: Case) -> Particulars:
        """Worth, deadline and what is asked, as far as it stands in its thread or began it."""
        said = self._store.thread(case.channel, case.thread_ts, case.read_from) if case.thread_ts else []
        first = self._store.words_at(case.channel, case.thread_ts) if case.thread_ts else None
        begun = [Utterance(case.owner, Role.REP, one.evidence) for one in case.met if one.known]
        return particulars(as_spoken([*([first] if first and first not in said else []), *begun, *said]))

    def said_in(self, case: Case) -> str:
        """All that is kept of what was said in its thread."""
        return "\n".join(one.text for one in self._store.thread(case.channel, case.thread_ts))

    def _card(self, case: Case) -> CardRef | None:
        """The rep's best card: that of the criteria, else the one that fitted at the beginning."""
        for card_id in (*self._criteria().cards([one.criterion for one in case.met], manager=False), case.card):
            if card_id and (found := self._neighbours.card(card_id)) is not None:
                return found
        return None

    def _history(self, case: Case, name: str, earlier: Sequence[Case], may_be_shown: Shown | None) -> str:
        """How often, how the last one ended that may be told of, and how promises to the customer ended."""
        kept = self._neighbours.record(case, may_be_shown or (lambda channel: channel == case.channel))
        return "; ".join(part for part in (self._before(name, earlier, may_be_shown), kept) if part)

    def _before(self, name: str, earlier: Sequence[Case], may_be_shown: Shown | None) -> str:
        if not earlier:
            return ""
        told = [one for one in earlier if _is_public(one, may_be_shown)]
        if not told:
            return f"{len(earlier)} earlier escalation{'s' * (len(earlier) != 1)} of {quote(name)}"
        last = max(told, key=lambda one: one.opened_at)
        times = f"{len(earlier)} earlier escalation{'s' * (len(earlier) != 1)} of {quote(name)}"
        ended = f"{outcome_words(last.outcome).lower()} {moment(last.closed_at)}" if last.closed_at else "open"
        return f"{times}, the last: {ended}"

    def _quotations(self, case: Case) -> list[Quotation]:
        """What was said, each message once; where it is gone, the words that the case has kept."""
        by_message: dict[tuple[str, str], list[str]] = {}
        loose = []
        for one in case.now_met:
            if one.ts and one.evidence:
                by_message.setdefault((one.channel or case.channel, one.ts), []).append(one.evidence)
            elif one.evidence:
                loose.append(Quotation(one.evidence))
        found = []
        for (channel, ts), evidence in by_message.items():
            said = self._store.words_at(channel, ts)
            whole = said is not None and all(one in said.text for one in evidence)
            text = part_that_matters(said.text, evidence) if said is not None and whole else " … ".join(evidence)
            author = said.author if said is not None and said.role is not Role.BOT else ""
            found.append(Quotation(text, tuple(evidence), author, datetime.fromtimestamp(float(ts), UTC)))
        return [*loose, *found]

    def _coming(self, case: Case, who: str) -> str:
        """Who is asked next, and when, if nobody answers; "" where nothing is to come."""
        if case.state is not CaseState.PAGING or not case.tries or case.due_at is None:
            return ""
        left_out, steps = self._store.left_out(case), case.roster.steps
        move = next_move(case, case.due_at, guess=True, leave_out=left_out)
        at = moment(move.held_until or case.due_at)
        if move.ended:
            return f"the channel is told {at} that nobody has answered"
        asked = case.roster.people_of(move.step)
        later = [one for step in range(move.step + 1, len(steps)) for one in case.roster.people_of(step)]
        then = next((f", then <@{one}>" for one in later if one not in left_out), "")
        if move.step == case.step:
            return f"{'you' if who in asked else 'the same'} again {at}{then}"
        return f"{people(asked) or 'the next in the chain'} {at}"

    def _since(self, case: Case, before: Page) -> str:
        """What happened since the page *before*."""
        parts = [
            f"<@{one.who}> let it lapse" if one.what == "let it lapse" else f"<@{one.who}> passed it on"
            for one in self._store.entries(case.number)
            if one.at > before.at and one.what in ("let it lapse", "passed it on")
        ]
        after, quoted = f"{before.at.timestamp():.6f}", {one.ts for one in case.met}
        thread = self._store.thread(case.channel, case.thread_ts, after) if case.thread_ts else []
        said = [one for one in thread if one.ts not in quoted]
        if said:
            last = said[-1]
            by = f"<@{last.author}>: " if last.author[:1] in ("U", "W") else ""
            more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
            parts.append(f"{by}“{quote(last.text, 160)}”{more}")
        return "; ".join(parts) or "nothing was said in the thread"


def _is_public(case: Case, may_be_shown: Shown | None) -> bool:
    """Whether it may be told of: by what is known of its channel now, or else by what was when it began."""
    public = not case.private and case.home is None
    return public and (may_be_shown is None or may_be_shown(case.channel))


def _passed_to(pages: Sequence[Page], entries: Sequence[CaseLogEntry], mine: Page) -> str:
    """Who was paged after *mine* was passed on, as mentions."""
    chosen = [one.detail for one in entries if one.who == mine.who and one.what == PASSED_TO]
    if chosen:
        return chosen[-1]
    later = [one for one in pages if one.number > mine.number and one.who != mine.who]
    return people([one.who for one in later if one.number == later[0].number]) if later else ""


def nth_page(about: Sequence[Delivery], carried: Delivery) -> int:
    """Which of the pages to its recipient *carried* is, from 0, of all deliveries *about* the case."""
    same = [one for one in about if one.draft.kind == "page" and one.draft.recipient == carried.draft.recipient]
    return next((at for at, one in enumerate(same) if one.id == carried.id), 0)

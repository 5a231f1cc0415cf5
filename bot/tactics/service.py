"""What a person can do with the cards: ask, open, look one up, say whether it helped, and lend us their words."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import StorageUnavailable, UserError
from bot.tactics.model import Audience, Card, FitLevel, Moment
from bot.tactics.playbook.watcher import ActivePlaybook, PlaybookWatcher
from bot.tactics.search.card_names import card_named, near_names
from bot.tactics.search.ranking import MOST
from bot.tactics.store import ThumbStore

REMEMBERED_FOR = timedelta(minutes=30)  # as long as Slack's response_url, and so the buttons' redrawing, lives
_REMEMBERED = 2_000
_IN_DOUBT = 0.3  # the share below which it counts what else speaks for a card
_LONGEST_WORDS = 700  # as long as an example may be
CHOICE = "?"  # the origin of cards of which the person said which it is


@dataclass(frozen=True, slots=True)
class AnswerRef:
    """
    What a button carries: enough to draw the answer again, and nothing that anybody wrote.

    An answer is not stored, so that it costs no write and works on a full disk; hence the cards' ids are in the button
    itself. *answer* is a random token, *cards* the ids shown, *shown* the one that is open. Where the cards were
    chosen from a list, the token begins with what list that was: `CHOICE`, or the id of a moment.
    """

    answer: str
    cards: tuple[str, ...]
    shown: str

    @property
    def origin(self) -> str:
        """The list that its cards were chosen from: `CHOICE`, the id of a moment, or "" where there was none."""
        return self.answer.rpartition(".")[0]

    def encode(self) -> str:
        """As the value of a button; at most 2,000 characters for ids of sane length."""
        return f"{self.answer} {self.shown} {','.join(self.cards)}"

    @classmethod
    def decode(cls, value: str) -> "AnswerRef":
        """Raises UserError for a value that this version did not make."""
        parts = value.split(" ")
        if len(parts) != 3 or not parts[0]:
            raise UserError("This button is from an older version of me. Please ask me again.")
        return cls(parts[0], tuple(part for part in parts[2].split(",") if part), parts[1])


@dataclass(frozen=True, slots=True)
class Answer:
    """
    An answer to be drawn.

    *situation* is what the person typed, "" where it is no longer known. *shown* is the open card; None where the
    person is asked which of *others* it is or, where there are none, nothing fits. *others* are in order, best first.
    *why* holds the words, or the example, that spoke for the open card.
    """

    handle: AnswerRef
    situation: str
    shown: Card | None
    others: tuple[Card, ...]
    why: tuple[str, ...]
    moments: tuple[Moment, ...]


class Tactics:
    """
    The verbs of this feature, for the team *team_id*.

    What other features know is connected later: `speaks_for` gives the ids of cards that something besides the search
    puts forward for a situation; `is_manager` says whether a person is one, None where that is not known.
    """

    def __init__(self, library: PlaybookWatcher, thumbs: ThumbStore, clock: Clock, team_id: str) -> None:
        self._library = library
        self._team_id = team_id
        self._thumbs = thumbs
        self._clock = clock
        self._recent = _Recent(clock.now)
        self.speaks_for: Callable[[str], Sequence[str]] = lambda situation: ()
        self.is_manager: Callable[[str], bool | None] = lambda user: None

    def is_quick(self) -> bool:
        """Whether the next answer will take milliseconds: False while others wait for the embedding model."""
        return self._library.active.search.is_quick

    def answer(self, situation: str, by: str, *, own_words: bool = True, first: Sequence[str] = ()) -> Answer:
        """
        The cards that fit what the person *by* asked: the best one open where that is sure, else some to choose from.

        *own_words* is False where somebody else wrote the situation: then it can never be lent for learning. *first*
        are the ids of the cards to answer with where they are known already; those that the playbook does not have are
        passed over, and where none is left the search answers.
        """
        shelf = self._library.active
        known = [card for card_id in first if (card := shelf.playbook.cards.get(card_id)) is not None]
        cards, shown, why = (known[:MOST], known[0], ()) if known else self._search(shelf, situation, by)
        handle = self.handle_for(cards, shown, CHOICE if cards and shown is None else "")
        self._recent.put(handle.answer, by, situation, own_words=own_words)
        return self._answer(handle, situation, shelf, why)

    def _search(
        self, shelf: ActivePlaybook, situation: str, by: str
    ) -> tuple[list[Card], Card | None, tuple[str, ...]]:
        """The cards of an answer, which of them is open, and why."""
        found = shelf.search.find(situation)
        in_doubt = bool(found.matches) and (not found.fits or found.matches[0].share < _IN_DOUBT)
        if in_doubt and (ahead := self.speaks_for(situation)):  # asking for it takes longer than the search by words
            found = shelf.search.find(situation, ahead=ahead)
        if not found.fits:
            return [], None, ()
        cards = [match.card for match in found.matches]
        best = cards[0]
        if by and self.is_manager(by) is False:
            # a manager's last, what does harm where it is wrong before them, and otherwise in the order that they had
            cards.sort(key=lambda card: (card.audience is Audience.MANAGER, card.careful and card is not best))
        if found.fit is not FitLevel.SURE or cards[0] is not best:
            return cards, None, ()
        return cards, best, found.words or (shelf.search.example(situation, best),)

    def reopen(self, handle: AnswerRef, by: str) -> Answer:
        """
        The same answer with the card *handle.shown* open, for the person *by*: only its author is told the situation.

        Raises UserError if that card is gone.
        """
        shown = self.card(handle.shown)
        shelf, situation = self._library.active, self._recent.get(handle.answer, by)
        return self._answer(handle, situation, shelf, shelf.search.why(situation, shown) if situation else ())

    def back(self, handle: AnswerRef, by: str) -> Answer:
        """The answer that a card was opened from, for the person *by*: a choice, or the card that was open at first."""
        first = "" if handle.origin == CHOICE else next(iter(handle.cards), "")
        shelf, situation = self._library.active, self._recent.get(handle.answer, by)
        before = AnswerRef(handle.answer, handle.cards, first)
        if first:
            return self.reopen(before, by)
        return self._answer(before, situation, shelf, ())

    def handle_for(self, cards: Sequence[Card], shown: Card | None = None, origin: str = "") -> AnswerRef:
        """A handle of its own for buttons that show *cards*, which were chosen from the list *origin*."""
        token = secrets.token_urlsafe(9)
        named = f"{origin}.{token}" if origin and " " not in origin else token  # a button's value is cut at spaces
        return AnswerRef(named, tuple(card.id for card in cards), shown.id if shown else "")

    def _answer(self, handle: AnswerRef, situation: str, shelf: ActivePlaybook, why: tuple[str, ...]) -> Answer:
        cards = shelf.playbook.cards
        shown = cards.get(handle.shown)
        others = tuple(cards[card_id] for card_id in handle.cards if card_id in cards and card_id != handle.shown)
        return Answer(handle, situation, shown, others, why, shelf.playbook.moments)

    def card(self, card_id: str) -> Card:
        """The card of that id. Raises UserError if there is none."""
        card = self._library.active.playbook.cards.get(card_id)
        if card is None:
            raise UserError("That card is no longer in the playbook. Please ask me again.")
        return card

    def named(self, typed: str) -> Card | None:
        """The card that *typed* names, typos forgiven; None if there is none or it could be several."""
        return card_named(typed, self._library.active.playbook)

    def near_names(self, typed: str) -> list[Card]:
        """Cards whose names come near *typed*."""
        return near_names(typed, self._library.active.playbook)

    def moments(self) -> tuple[Moment, ...]:
        """The moments, in order."""
        return self._library.active.playbook.moments

    def in_moment(self, moment_id: str) -> tuple[Moment, tuple[Card, ...]]:
        """One moment and its cards. Raises UserError if there is no such moment."""
        playbook = self._library.active.playbook
        for moment in playbook.moments:
            if moment.id == moment_id:
                return moment, playbook.by_moment[moment_id]
        raise UserError("That moment is no longer in the playbook. Please ask me again.")

    def words(self, handle: AnswerRef, by: str) -> str:
        """What the person *by* asked about, as long as it is in memory; "" for everybody else, and afterwards."""
        return self._recent.get(handle.answer, by)

    def note(self, handle: AnswerRef, by: str) -> str:
        """What *by* may want to be reminded of: their own words, else the card's name."""
        card = self._library.active.playbook.cards.get(handle.shown)
        return self.words(handle, by) or (card.name if card else "")

    def has_words(self, handle: AnswerRef, by: str) -> bool:
        """Whether the person *by* asked in words of their own, and they are still in memory."""
        return bool(self._recent.get(handle.answer, by, own_words=True))

    def has_lent(self, handle: AnswerRef, by: str) -> bool:
        """Whether the person's words are kept with their thumb."""
        return self._thumbs.has_words(self._team_id, _vote(handle, by), handle.shown)

    def thumb(self, handle: AnswerRef, by: str, *, helped: bool) -> None:
        """
        Record whether the open card helped: the card, the time, and the example that had matched, nothing else.

        A second thumb of the same person replaces the first. Raises UserError or StorageUnavailable.
        """
        card = self.card(handle.shown)
        situation = self._recent.get(handle.answer)
        example = self._library.active.search.example(situation, card) if situation else ""
        self._thumbs.set(
            self._team_id, _vote(handle, by), card.id, helped=helped, example=example, at=self._clock.now()
        )

    def choose(self, handle: AnswerRef, by: str) -> tuple[Answer, bool]:
        """
        The answer with the card that the person *by* chose open, and whether the choice is kept as a thumb.

        Raises UserError if that card is gone.
        """
        try:
            self.thumb(handle, by, helped=True)
            kept = True
        except StorageUnavailable:
            kept = False  # the card is shown all the same
        return self.reopen(handle, by), kept

    def lend_words(self, handle: AnswerRef, by: str, *, lend: bool) -> None:
        """Keep the person's own words with their thumb, or forget them. Raises UserError or StorageUnavailable."""
        situation = self._recent.get(handle.answer, by, own_words=True)
        if lend and not situation:
            raise UserError("I no longer have your words: I keep them for half an hour only. Nothing was stored.")
        words = situation[:_LONGEST_WORDS] if lend else None
        if not self._thumbs.set_words(self._team_id, _vote(handle, by), handle.shown, words) and lend:
            raise UserError("Please press 👍 or 👎 first, so that I know what your words stand for.")


def _vote(handle: AnswerRef, by: str) -> str:
    """One person's thumb on one answer: the same each time, and nobody can tell from it who it was."""
    return hashlib.blake2b(f"{handle.answer} {by}".encode(), digest_size=9).hexdigest()


class _Recent:
    """What was asked lately, in memory only: never written, forgotten after `REMEMBERED_FOR`."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._entries: OrderedDict[str, tuple[datetime, str, str, bool]] = OrderedDict()
        self._turn = threading.Lock()

    def put(self, answer: str, by: str, situation: str, *, own_words: bool) -> None:
        with self._turn:
            self._entries[answer] = (self._now() + REMEMBERED_FOR, by, situation, own_words)
            while len(self._entries) > _REMEMBERED:
                self._entries.popitem(last=False)

    def get(self, answer: str, by: str | None = None, *, own_words: bool = False) -> str:
        """The situation; "" where it is forgotten, somebody else than *by* asked, or it was not in their own words."""
        with self._turn:
            until, author, situation, own = self._entries.get(answer, (None, "", "", False))
        known = until is not None and until > self._now() and by in (None, author)
        return situation if known and (own or not own_words) else ""

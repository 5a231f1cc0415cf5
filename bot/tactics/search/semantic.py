"""
Semantic search: linear discriminant analysis over sentence vectors, and the nearest phrases.

Each card is the mean of its phrases' vectors, all cards share one covariance, and the texts of no card are a class of
their own. It is fitted in closed form, in a fraction of a second, so that an edited card counts at once; what was
fitted is kept (`fits.py`).
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.tactics.search import fits
from bot.tactics.search.fits import SearchFit, places
from bot.tactics.search.hinge import scores as hinge_scores
from bot.tactics.search.lexical import Lexicon
from bot.tactics.search.models import Embedder, Matrix
from bot.tactics.search.vectors import PackedVectors, VectorCache, key

_FEW = 1
_AT_ONCE = 40  # new phrases embedded before the first answer: about a second
_LATELY = 64
_NEIGHBOURS = 15
_NEARNESS = 20.0  # how fast a phrase counts less the further away it is, by cosine
_UNSEEN = 1e-3  # what a class without a neighbour has


@dataclass(frozen=True, slots=True)
class Judged:
    """
    A text by its meaning.

    *classes* and *off_topic* are log-likelihoods up to a constant, of each class and of "no class" (minus infinity if
    none was learnt). *neighbours* says how much the nearest phrases speak for each class, as logarithms. *nearer* is by
    how much the nearest phrase of any class is nearer than the nearest of none, as a difference of cosines.
    """

    classes: list[float]
    off_topic: float
    neighbours: list[float]
    nearer: float


class Semantic:
    """
    Judges by *vectors* of unit length, one for each phrase, and by what was *fit* to them.

    *labels* holds the class numbers of each, one or several; the number *classes* stands for "no class". Each class
    below it must have a phrase.
    """

    def __init__(
        self,
        vectors: PackedVectors,
        labels: Sequence[tuple[int, ...]],
        classes: int,
        embedder: Embedder,
        fit: SearchFit,
    ) -> None:
        self._embedder = embedder
        self._classes = classes
        self._lately: dict[int, Matrix] = {}  # by hash: no text is kept
        self._turn = threading.Lock()
        self._labels = labels
        self._vectors = vectors
        self._rows, self._numbers = places(labels)
        self._none = np.fromiter((one == (classes,) for one in labels), np.bool_)
        self._directions, self._offsets, self._hinge = fit.directions, fit.offsets, fit.hinge

    @property
    def is_free(self) -> bool:
        """Whether a text is embedded at once, with nobody before it."""
        return self._embedder.waiting() < _FEW

    def embed(self, text: str) -> Matrix:
        """The vector of *text*; made once for the search and for what is asked about it right afterwards."""
        wanted = key(text)
        if (known := self._lately.get(wanted)) is not None:
            return known
        vector = self._embedder.embed(text)
        with self._turn:
            self._lately[wanted] = vector
            if len(self._lately) > _LATELY:
                del self._lately[next(iter(self._lately))]
        return vector

    def judge(self, vector: Matrix) -> Judged:
        """All that *vector* tells of the text it stands for."""
        scores: list[float] = (vector @ self._directions + self._offsets).tolist()
        off_topic = scores[self._classes] if len(scores) > self._classes else float("-inf")
        near = self._vectors.cosines(vector)
        count = min(_NEIGHBOURS, len(near))
        nearest = np.argpartition(-near, count - 1)[:count]
        votes = np.full(self._classes + 1, _UNSEEN)
        for row, weight in zip(nearest.tolist(), np.exp(_NEARNESS * (near[nearest] - 1)).tolist(), strict=True):
            for number in self._labels[row]:
                votes[number] += weight
        nearer = float(near[~self._none].max() - near[self._none].max()) if self._none.any() else 1.0
        return Judged(scores[: self._classes], off_topic, np.log(votes[: self._classes]).tolist(), nearer)

    def by_hinge(self, lexicon: Lexicon, rows: Sequence[int]) -> list[float]:
        """How much the features of a text speak for each class, by the hinge model."""
        return hinge_scores(self._hinge, lexicon, rows)

    def nearest(self, vector: Matrix, number: int) -> int:
        """The index, among all phrases, of that phrase of class *number* which is nearest to *vector*."""
        own = self._rows[self._numbers == number]
        return int(own[np.argmax(self._vectors.rows(own) @ vector)])

    def nearest_of_all(self, vector: Matrix, most: int) -> list[tuple[int, tuple[int, ...], float]]:
        """The *most* phrases nearest to *vector*: index, class numbers and cosine of each, the nearest first."""
        near = self._vectors.cosines(vector)
        return [(int(row), self._labels[row], float(near[row])) for row in np.argsort(-near)[:most]]


def learnt(
    labelled: Mapping[str, tuple[int, ...]],
    classes: int,
    lexicon: Lexicon,
    embedder: Embedder,
    cache: VectorCache,
    *,
    patient: bool,
) -> Semantic | None:
    """
    What judges by the phrases *labelled* with their class numbers (see `Semantic`).

    What is not kept is learnt, and takes its time; unless *patient*, None where that is more than a second.
    """
    phrases, labels = list(labelled), list(labelled.values())
    fit = fits.kept(phrases, labels, classes, embedder.model)
    if fit is None and not patient:
        return None
    vectors = cache.matrix_within(phrases, embedder, len(phrases) if patient else _AT_ONCE)
    if vectors is None:
        return None
    fit = fit or fits.fit_anew(vectors, lexicon, phrases, labels, classes, embedder.model)
    return Semantic(vectors, labels, classes, embedder, fit)

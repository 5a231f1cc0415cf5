"""
Semantic search: linear discriminant analysis over sentence vectors.

Each card is the mean of its phrases' vectors, all cards share one covariance, and the texts of no card are a class of
their own. It is fitted in closed form, in milliseconds, so that an edited card counts at once.
"""

import threading
from collections.abc import Sequence

import numpy as np

from bot.tactics.search.vectors import Embedder, Matrix, key

_FEW = 1
_LATELY = 64
_SHRINKAGE = 0.5  # share of the mean variance that is added to each dimension


class Semantic:
    """
    Learns from *vectors*, of shape (phrases, dimensions) and unit length.

    *labels* holds the class number of each; the number *classes* stands for "no class". Each class below it must have a
    phrase.
    """

    def __init__(self, vectors: Matrix, labels: Sequence[int], classes: int, embedder: Embedder) -> None:
        self._embedder = embedder
        self._classes = classes
        self._lately: dict[int, Matrix] = {}  # by hash: no text is kept
        self._turn = threading.Lock()
        self._labels = np.asarray(labels)
        self._vectors = vectors
        present = [number for number in range(classes + 1) if number < classes or (self._labels == classes).any()]
        means = np.stack([vectors[self._labels == number].mean(axis=0) for number in present])
        within = vectors - means[np.minimum(self._labels, len(present) - 1)]
        covariance = within.T @ within / len(vectors)
        dimensions = covariance.shape[0]
        covariance += _SHRINKAGE * np.trace(covariance) / dimensions * np.eye(dimensions, dtype=np.float32)
        directions = np.linalg.solve(covariance, means.T)
        self._directions = directions.astype(np.float32)
        self._offsets = (-0.5 * np.einsum("kd,dk->k", means, directions)).astype(np.float32)

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

    def scores(self, vector: Matrix) -> tuple[list[float], float]:
        """Log-likelihoods up to a constant: of each class, and of "no class" (minus infinity if none was learnt)."""
        scores: list[float] = (vector @ self._directions + self._offsets).tolist()
        return scores[: self._classes], scores[self._classes] if len(scores) > self._classes else float("-inf")

    def nearest(self, vector: Matrix, number: int) -> int:
        """The index, among all phrases, of that phrase of class *number* which is nearest to *vector*."""
        own = np.flatnonzero(self._labels == number)
        return int(own[np.argmax(self._vectors[own] @ vector)])

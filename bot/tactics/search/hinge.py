"""
One class against the rest, by words: a linear model with squared hinge loss over what the lexical half sees.

Bayes counts each word by itself; this one learns which words tell where others stand beside them. It is learnt by
AdaGrad in four passes over the phrases, some seconds, and only then kept (`fits.py`).
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.tactics.search.lexical import Lexical, Lexicon

_PASSES = 4
_STEP = 0.1
_BEGIN = 1e-4
_LEAST = 0.02  # a weight below which a feature says nothing of a class

Weights = NDArray[np.float16]


def learn_hinge(lexicon: Lexicon, phrases: Iterable[tuple[str, int]], classes: int) -> Weights:
    """
    Learn from *phrases*, pairs of text and class number; number *classes* stands for "no class".

    Returns the weight of each of the lexicon's features for each class, of shape (features, classes + 1).
    """
    lexical = Lexical(lexicon)
    rarity = np.asarray(lexicon.rarity, np.float32)
    texts = []
    for text, number in phrases:
        rows = _telling(rarity, lexical.read(text).rows)
        if len(rows):
            texts.append((rows, _values(rarity, rows), number))
    weights = np.zeros((len(rarity), classes + 1), np.float32)
    slopes = np.full_like(weights, _BEGIN)
    order = np.random.default_rng(0)
    for _ in range(_PASSES):
        for at in order.permutation(len(texts)):
            rows, values, number = texts[at]
            side = np.full(classes + 1, -1.0, np.float32)
            side[number] = 1.0
            own = weights[rows]
            short_of = np.maximum(0.0, 1.0 - side * (values @ own)) * side
            slope = np.outer(values, -2.0 * short_of)
            slopes[rows] += slope * slope
            weights[rows] = own - _STEP * slope / np.sqrt(slopes[rows])
    weights[np.abs(weights) < _LEAST] = 0.0
    return weights.astype(np.float16)


def scores(weights: Weights, lexicon: Lexicon, rows: Sequence[int]) -> list[float]:
    """How much the features at *rows* speak for each class but the last, which is none of them."""
    rarity = np.fromiter((lexicon.rarity[row] for row in rows), np.float32, len(rows))
    length = float(np.sqrt(rarity @ rarity)) or 1.0
    found: list[float] = ((rarity / length) @ weights[np.asarray(rows, np.intp)].astype(np.float32)).tolist()
    return found[:-1]


def _telling(rarity: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.intp]:
    found = np.asarray(rows, np.intp)
    return found[rarity[found] > 0] if len(found) else found


def _values(rarity: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
    values: NDArray[np.float32] = rarity[rows] / np.float32(np.sqrt(rarity[rows] @ rarity[rows]))
    return values

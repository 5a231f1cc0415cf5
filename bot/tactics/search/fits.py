"""
What is fitted to a playbook, and kept: the discriminant analysis of its vectors, and the hinge model of its words.

Fitting takes some seconds.

There is a shipped file for the shipped playbooks, beside this one, and one in the user's cache folder for edited ones.
A file that is not of exactly these phrases and classes, or damaged, is as good as none: then it is fitted.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.cache import cache_folder, replacing
from bot.tactics.search.hinge import Weights, learn_hinge
from bot.tactics.search.lexical import VERSION as LEXICAL
from bot.tactics.search.lexical import Lexicon
from bot.tactics.search.models import Matrix
from bot.tactics.search.vectors import PackedVectors

logger = logging.getLogger(__name__)

VERSION = 1  # to be raised when the same phrases would be fitted differently
SHIPPED = Path(__file__).with_name("fit.npz")
_SHRINKAGE = 0.5  # share of the mean variance that is added to each dimension


@dataclass(frozen=True, slots=True)
class SearchFit:
    """
    What is fitted: a vector times *directions*, of shape (dimensions, classes), plus *offsets* are its log-likelihoods.

    *hinge* has the weight of each feature of the lexicon for each class (`hinge.py`).
    """

    directions: Matrix
    offsets: Matrix
    hinge: Weights


def kept(phrases: Sequence[str], labels: Sequence[tuple[int, ...]], classes: int, model: str) -> SearchFit | None:
    """The fit for exactly these phrases, from a file; None if it is to be made."""
    wanted = fingerprint(phrases, labels, classes, model)
    return read(SHIPPED, wanted) or read(_own(), wanted)


def fit_anew(
    vectors: PackedVectors,
    lexicon: Lexicon,
    phrases: Sequence[str],
    labels: Sequence[tuple[int, ...]],
    classes: int,
    model: str,
) -> SearchFit:
    """Fit what is not kept (see `fitted`), and keep it."""
    made = fitted(vectors, lexicon, phrases, labels, classes)
    try:
        write(_own(), fingerprint(phrases, labels, classes, model), made)
    except OSError:
        logger.warning("what was fitted could not be kept in the cache folder; only time is lost")
    return made


def fingerprint(phrases: Sequence[str], labels: Sequence[tuple[int, ...]], classes: int, model: str) -> str:
    """Differs wherever what is fitted would."""
    digest = hashlib.blake2b(f"{VERSION} {LEXICAL} {model} {classes} {list(labels)}".encode(), digest_size=16)
    digest.update("\0".join(phrases).encode("utf-8", "replace"))
    return digest.hexdigest()


def fitted(
    vectors: PackedVectors, lexicon: Lexicon, phrases: Sequence[str], labels: Sequence[tuple[int, ...]], classes: int
) -> SearchFit:
    """
    Fit *vectors*, one for each of *phrases*, and the features that *lexicon* has of them.

    *labels* holds the class numbers of each, one or several; the number *classes* stands for "no class". Each class
    below it must have a phrase.
    """
    rows, numbers = places(labels)
    means, covariance = _moments(vectors, rows, numbers, classes + bool((numbers == classes).any()))
    dimensions = covariance.shape[0]
    covariance += _SHRINKAGE * np.trace(covariance) / dimensions * np.eye(dimensions, dtype=np.float32)
    directions = np.linalg.solve(covariance, means.T)
    offsets = -0.5 * np.einsum("kd,dk->k", means, directions)
    pairs = [(phrase, number) for phrase, own in zip(phrases, labels, strict=True) for number in own]
    hinge = learn_hinge(lexicon, pairs, classes)
    return SearchFit(directions.astype(np.float32), offsets.astype(np.float32), hinge)


def places(labels: Sequence[tuple[int, ...]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each phrase as often as it has classes, by its place, and those classes."""
    rows = np.repeat(np.arange(len(labels)), [len(one) for one in labels])
    return rows, np.fromiter(chain.from_iterable(labels), np.intp)


def write(path: Path, print_: str, fit: SearchFit) -> None:
    """Write *fit* to *path* under its fingerprint, whole or not at all."""
    with replacing(path) as part:
        np.savez_compressed(
            part, fingerprint=np.array(print_), directions=fit.directions, offsets=fit.offsets, hinge=fit.hinge
        )


def read(path: Path, print_: str) -> SearchFit | None:
    """What was fitted under that fingerprint; None if *path* does not hold it."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["fingerprint"]) == print_:
                return SearchFit(file["directions"], file["offsets"], file["hinge"])
    except (FileNotFoundError, NotADirectoryError):
        pass
    except Exception:  # noqa: BLE001 - numpy raises whatever a damaged file makes it stumble over
        logger.warning("the cache %s is damaged; what it held is fitted again", path.name)
    return None


def _own() -> Path:
    return cache_folder() / "fit.npz"


def _moments(
    vectors: PackedVectors, rows: NDArray[np.intp], numbers: NDArray[np.intp], count: int
) -> tuple[Matrix, Matrix]:
    """The mean of each of *count* classes, and the covariance within all; class by class, to need little memory."""
    dimensions = vectors.values.shape[1]
    means = np.zeros((count, dimensions), np.float32)
    covariance = np.zeros((dimensions, dimensions), np.float32)
    for number in range(count):
        own = vectors.rows(rows[numbers == number])
        means[number] = own.mean(axis=0)
        own -= means[number]
        covariance += own.T @ own
    return means, covariance / np.float32(len(rows))

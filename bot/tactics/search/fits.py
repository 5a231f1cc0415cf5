"""
The linear discriminant analysis of a playbook, fitted and kept: fitting takes a fraction of a second at every start.

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

from bot.storage.cache import cache_folder, replacing
from bot.tactics.search.models import Matrix
from bot.tactics.search.vectors import PackedVectors

logger = logging.getLogger(__name__)

VERSION = 1  # to be raised when the same phrases would be fitted differently
SHIPPED = Path(__file__).with_name("fit.npz")
_SHRINKAGE = 0.5  # share of the mean variance that is added to each dimension


@dataclass(frozen=True, slots=True)
class Fit:
    """A vector times *directions*, of shape (dimensions, classes), plus *offsets* are its log-likelihoods."""

    directions: Matrix
    offsets: Matrix


def fit_of(
    vectors: PackedVectors, phrases: Sequence[str], labels: Sequence[tuple[int, ...]], classes: int, model: str
) -> Fit:
    """The fit for these phrases: from a file where there is one of exactly them, else fitted and kept."""
    wanted = fingerprint(phrases, labels, classes, model)
    own = cache_folder() / "fit.npz"
    kept = read(SHIPPED, wanted) or read(own, wanted)
    if kept is None:
        kept = fitted(vectors, labels, classes)
        try:
            write(own, wanted, kept)
        except OSError:
            logger.warning("what was fitted could not be kept in the cache folder; only time is lost")
    return kept


def fingerprint(phrases: Sequence[str], labels: Sequence[tuple[int, ...]], classes: int, model: str) -> str:
    """Differs wherever what is fitted would."""
    digest = hashlib.blake2b(f"{VERSION} {model} {classes} {list(labels)}".encode(), digest_size=16)
    digest.update("\0".join(phrases).encode("utf-8", "replace"))
    return digest.hexdigest()


def fitted(vectors: PackedVectors, labels: Sequence[tuple[int, ...]], classes: int) -> Fit:
    """
    Fit *vectors*, one for each phrase.

    *labels* holds the class numbers of each, one or several; the number *classes* stands for "no class". Each class
    below it must have a phrase.
    """
    rows, numbers = places(labels)
    means, covariance = _moments(vectors, rows, numbers, classes + bool((numbers == classes).any()))
    dimensions = covariance.shape[0]
    covariance += _SHRINKAGE * np.trace(covariance) / dimensions * np.eye(dimensions, dtype=np.float32)
    directions = np.linalg.solve(covariance, means.T)
    return Fit(directions.astype(np.float32), (-0.5 * np.einsum("kd,dk->k", means, directions)).astype(np.float32))


def places(labels: Sequence[tuple[int, ...]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Each phrase as often as it has classes, by its place, and those classes."""
    rows = np.repeat(np.arange(len(labels)), [len(one) for one in labels])
    return rows, np.fromiter(chain.from_iterable(labels), np.intp)


def write(path: Path, print_: str, fit: Fit) -> None:
    """Write *fit* to *path* under its fingerprint, whole or not at all."""
    with replacing(path) as part:
        np.savez(part, fingerprint=np.array(print_), directions=fit.directions, offsets=fit.offsets)


def read(path: Path, print_: str) -> Fit | None:
    """What was fitted under that fingerprint; None if *path* does not hold it."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            if str(kept["fingerprint"]) != print_:
                return None
            return Fit(kept["directions"], kept["offsets"])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except Exception:  # noqa: BLE001 - numpy raises whatever a damaged file makes it stumble over
        logger.warning("the cache %s is damaged; what it held is fitted again", path.name)
        return None


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

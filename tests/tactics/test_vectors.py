"""The cache of sentence vectors: never stale, never fatal."""

from pathlib import Path

import numpy as np

from bot.config import shipped_playbooks
from bot.tactics.playbook.loader import load
from bot.tactics.search.models import E5
from bot.tactics.search.phrases import all_phrases
from bot.tactics.search.vectors import SHIPPED, PackedVectors, VectorCache, key, write


def test_the_shipped_vectors_are_those_of_the_shipped_phrases() -> None:
    phrases = list(all_phrases(load(shipped_playbooks())))
    engine = E5()

    assert VectorCache(engine.model).missing(phrases) == [], "run `make learn` and commit bot/tactics/vectors.npz"
    with np.load(SHIPPED) as archive:
        keys = archive["keys"].tolist()
    assert keys == [key(phrase) for phrase in phrases], "run `make learn`: it holds phrases that are gone"
    kept = VectorCache(engine.model).matrix(phrases, engine)
    sample = range(0, len(phrases), 389)
    for row, vector in zip(sample, engine.learn([phrases[row] for row in sample]), strict=True):
        assert kept.cosines(vector)[row] > 0.995, phrases[row]  # the model really gives these vectors


def test_a_damaged_cache_or_one_of_another_model_is_as_good_as_none(tmp_path: Path) -> None:
    damaged = tmp_path / "vectors.npz"
    damaged.write_bytes(b"PK\x03\x04 and then nothing of use")
    assert VectorCache("m", shipped=damaged).missing(["a"]) == ["a"]

    write(damaged, "m", [key("a")], PackedVectors.of([np.ones(3, np.float32)]))
    assert VectorCache("m", shipped=damaged).missing(["a"]) == []
    assert VectorCache("other", shipped=damaged).missing(["a"]) == ["a"]


def test_shipped_own_and_new_vectors_stand_in_the_order_of_their_phrases(tmp_path: Path) -> None:
    engine = E5()
    shipped, own = tmp_path / "shipped.npz", tmp_path / "own.npz"
    write(shipped, engine.model, [key("he shouts")], PackedVectors.of(engine.learn(["he shouts"])))
    write(own, engine.model, [key("late again")], PackedVectors.of(engine.learn(["late again"])))
    phrases = ["what time is lunch", "late again", "he shouts"]

    found = VectorCache(engine.model, shipped, own).matrix(phrases, engine)

    for row, phrase in enumerate(phrases):
        assert int(found.cosines(engine.embed(phrase)).argmax()) == row
    assert VectorCache(engine.model, shipped, own).missing(phrases) == []


def test_a_cache_of_an_older_version_is_as_good_as_none(tmp_path: Path) -> None:
    older = tmp_path / "vectors.npz"
    np.savez(older, model=np.array("m"), keys=np.array([key("a")], np.uint64), vectors=np.ones((1, 3), np.float16))

    assert VectorCache("m", shipped=older).missing(["a"]) == ["a"]


def test_a_cache_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    engine = E5()

    matrix = VectorCache(engine.model, own=in_the_way / "vectors.npz").matrix(["never seen before"], engine)

    assert matrix.values.shape == (1, 384)


def test_packed_vectors_are_as_near_to_one_another_as_the_exact_ones() -> None:
    engine = E5()
    exact = np.stack(engine.learn(["he shouts", "the invoice is wrong", "what time is lunch"]))

    packed = PackedVectors.of(list(exact))

    assert np.abs(packed.cosines(exact[0]) - exact @ exact[0]).max() < 0.005
    assert np.abs(packed.rows(slice(1, 3)) - exact[1:]).max() < 0.005

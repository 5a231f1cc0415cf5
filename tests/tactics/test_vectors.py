"""The cache of sentence vectors: never stale, never fatal."""

from pathlib import Path

import numpy as np

from bot.config import shipped_playbooks
from bot.tactics.playbook.loader import load
from bot.tactics.search.phrases import all_phrases
from bot.tactics.search.vectors import E5, SHIPPED, VectorCache, key, write


def test_the_shipped_vectors_are_those_of_the_shipped_phrases() -> None:
    phrases = all_phrases(load(shipped_playbooks()))
    engine = E5()

    assert VectorCache(engine.model).missing(phrases) == [], "run `make learn` and commit bot/tactics/vectors.npz"
    with np.load(SHIPPED) as archive:
        kept = dict(zip(archive["keys"].tolist(), archive["vectors"], strict=True))
    assert set(kept) == {key(phrase) for phrase in phrases}, "run `make learn`: it holds phrases that are gone"
    for phrase in phrases[::97]:  # a sample: the model really gives these vectors
        assert np.dot(engine.embed(phrase), kept[key(phrase)].astype(np.float32)) > 0.995, phrase


def test_a_damaged_cache_or_one_of_another_model_is_as_good_as_none(tmp_path: Path) -> None:
    damaged = tmp_path / "vectors.npz"
    damaged.write_bytes(b"PK\x03\x04 and then nothing of use")
    assert VectorCache("m", shipped=damaged).missing(["a"]) == ["a"]

    write(damaged, "m", {key("a"): np.ones(3, np.float16)})
    assert VectorCache("m", shipped=damaged).missing(["a"]) == []
    assert VectorCache("other", shipped=damaged).missing(["a"]) == ["a"]


def test_a_cache_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    engine = E5()

    matrix = VectorCache(engine.model, own=in_the_way / "vectors.npz").matrix(["never seen before"], engine)

    assert matrix.shape == (1, 384)

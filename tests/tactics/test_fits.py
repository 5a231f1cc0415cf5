"""What was fitted to the playbook: kept by its content, and fitted anew where it is not of exactly that."""

from pathlib import Path

import numpy as np
import pytest

from bot.config import shipped_playbooks
from bot.tactics.playbook.loader import load
from bot.tactics.search import fits
from bot.tactics.search.build import lexical
from bot.tactics.search.lexical import Lexicon, learn
from bot.tactics.search.models import E5
from bot.tactics.search.phrases import all_phrases, labelled_phrases
from bot.tactics.search.vectors import PackedVectors, VectorCache

PHRASES = ["he shouts", "he screams", "the invoice is wrong", "they overcharged us", "what time is lunch"]
LABELS = [(0,), (0,), (1,), (1,), (2,)]


def fit_of(
    vectors: PackedVectors,
    lexicon: Lexicon,
    phrases: list[str],
    labels: list[tuple[int, ...]],
    classes: int,
    model: str,
) -> fits.SearchFit:
    """As the search has it: what is kept, else anew."""
    kept = fits.kept(phrases, labels, classes, model)
    return kept or fits.fit_anew(vectors, lexicon, phrases, labels, classes, model)


@pytest.fixture
def vectors() -> PackedVectors:
    return PackedVectors.of(list(np.random.default_rng(1).normal(size=(5, 8)).astype(np.float32)))


@pytest.fixture
def lexicon() -> Lexicon:
    return learn(
        [(phrase, own[0]) for phrase, own in zip(PHRASES, LABELS, strict=True) if own != (2,)], PHRASES[-1:], 2
    )


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "toughcustomer"


def test_the_shipped_fit_is_that_of_the_shipped_playbooks() -> None:
    playbook, engine = load(shipped_playbooks()), E5()
    labelled = all_phrases(playbook)
    phrases, labels = list(labelled), list(labelled.values())
    kept = fits.read(fits.SHIPPED, fits.fingerprint(phrases, labels, 41, engine.model))

    assert kept is not None, "run `make learn` and commit bot/tactics/search/fit.npz"
    learnt = lexical(labelled_phrases(playbook), playbook.off_topic, 41).lexicon
    anew = fits.fitted(VectorCache(engine.model).matrix(phrases, engine), learnt, phrases, labels, 41)
    assert np.allclose(kept.directions, anew.directions, rtol=0.02, atol=0.05)
    assert np.array_equal(kept.hinge, anew.hinge)


def test_what_was_fitted_once_is_read_the_next_time(vectors: PackedVectors, lexicon: Lexicon, own_folder: Path) -> None:
    first = fit_of(vectors, lexicon, PHRASES, LABELS, 2, "m")
    marked = fits.SearchFit(first.directions + 1, first.offsets, first.hinge)
    fits.write(own_folder / "fit.npz", fits.fingerprint(PHRASES, LABELS, 2, "m"), marked)

    assert np.array_equal(fit_of(vectors, lexicon, PHRASES, LABELS, 2, "m").directions, marked.directions)


@pytest.mark.parametrize("change", ["a phrase", "a label", "the model", "damage"])
def test_a_fit_of_anything_else_is_never_used(
    vectors: PackedVectors, lexicon: Lexicon, own_folder: Path, change: str
) -> None:
    right = fit_of(vectors, lexicon, PHRASES, LABELS, 2, "m")
    wrong = fits.SearchFit(right.directions + 1, right.offsets, right.hinge)
    fits.write(own_folder / "fit.npz", fits.fingerprint(PHRASES, LABELS, 2, "m"), wrong)
    phrases = [*PHRASES[:-1], "what time is dinner"] if change == "a phrase" else PHRASES
    labels = [*LABELS[:-1], (1,)] if change == "a label" else LABELS
    if change == "damage":
        (own_folder / "fit.npz").write_bytes(b"PK\x03\x04 nothing")
    found = fit_of(vectors, lexicon, phrases, labels, 2, "other" if change == "the model" else "m")

    assert np.allclose(found.directions, fits.fitted(vectors, lexicon, phrases, labels, 2).directions)

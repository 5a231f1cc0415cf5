"""The kept lexical half: never stale, never fatal, and the same as one that is learnt anew."""

from pathlib import Path

import pytest

from bot.config import shipped_playbooks
from bot.tactics.playbook.loader import load
from bot.tactics.search import build as learnt
from bot.tactics.search.lexical import learn
from bot.tactics.search.phrases import labelled_phrases

PHRASES = [
    ("he shouts at me", 0),
    ("she shouts and swears", 0),
    ("the parcel is late again", 1),
    ("late, late, late", 1),
]
TEXTS = ["he shouts about the late parcel", "nothing known", "late"]


def test_the_shipped_file_is_that_of_the_shipped_phrases() -> None:
    playbook = load(shipped_playbooks())
    expected = learnt.fingerprint(labelled_phrases(playbook), playbook.off_topic, len(playbook.cards))

    assert learnt.read(learnt.SHIPPED, expected) is not None, "run `make learn` and commit bot/tactics/lexical.zip"


def test_the_shipped_file_is_what_this_version_learns() -> None:
    playbook = load(shipped_playbooks())
    kept = learnt.lexical(labelled_phrases(playbook), playbook.off_topic, len(playbook.cards)).lexicon

    assert learn(labelled_phrases(playbook), playbook.off_topic, len(playbook.cards)) == kept


def test_what_is_kept_answers_as_what_was_learnt(tmp_path: Path) -> None:
    fresh = learnt.lexical(PHRASES, ["lunch?"], 2)
    kept = learnt.lexical(PHRASES, ["lunch?"], 2)

    assert (learnt.cache_folder() / "lexical.zip").is_file()
    for text in TEXTS:
        assert kept.scores(kept.read(text)) == fresh.scores(fresh.read(text))
        assert kept.odds(kept.read(text)) == fresh.odds(fresh.read(text))


def test_other_phrases_are_learnt_anew() -> None:
    learnt.lexical(PHRASES, ["lunch?"], 2)
    changed = learnt.lexical([*PHRASES, ("nothing known", 1)], ["lunch?"], 2)

    scores = changed.scores(changed.read("nothing known"))
    assert scores[1] > scores[0]


def test_a_damaged_file_is_as_good_as_none() -> None:
    learnt.lexical(PHRASES, [], 2)
    own = learnt.cache_folder() / "lexical.zip"
    own.write_bytes(own.read_bytes()[:200])

    mended = learnt.lexical(PHRASES, [], 2)
    scores = mended.scores(mended.read("late"))
    assert scores[1] > scores[0]


def test_a_cache_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    fitted = learnt.lexical(PHRASES, [], 2)

    scores = fitted.scores(fitted.read("late"))
    assert scores[1] > scores[0]

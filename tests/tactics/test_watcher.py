"""A changed folder is taken up while running; a broken one is refused whole."""

from pathlib import Path

import pytest

from bot.tactics.playbook.watcher import PlaybookWatcher
from bot.tactics.search import vectors
from bot.tactics.search.models import E5, Matrix


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "tactics" / "stay-calm.md"
    path.write_text(path.read_text().replace(old, new))


def test_a_change_is_taken_up_once_it_has_settled(playbooks: Path) -> None:
    library = PlaybookWatcher(playbooks, semantic=False)
    change(playbooks, "name: Stay calm and professional", "name: Stay cool")

    assert library.take_up_changes() is False  # it may still be half saved
    assert library.take_up_changes() is True
    assert library.active.playbook.cards["stay-calm"].name == "Stay cool"
    assert library.take_up_changes() is False


def test_a_broken_folder_is_refused_whole_and_told_once(playbooks: Path) -> None:
    library = PlaybookWatcher(playbooks, semantic=False)
    told: list[tuple[str, ...]] = []
    library.on_mistakes(told.append)
    before = library.active
    change(playbooks, "stage: both", "stage: never")
    (playbooks / "tactics" / "empathise.md").write_text(
        (playbooks / "tactics" / "empathise.md").read_text().replace("Stand in their shoes", "Stand in their boots")
    )

    for _ in range(4):
        library.take_up_changes()

    assert library.active is before
    assert len(told) == 1
    assert "stay-calm.md:5" in told[0][0]

    change(playbooks, "stage: never", "stage: both")
    library.take_up_changes()
    assert library.take_up_changes() is True
    assert library.mistakes == ()
    assert library.active.playbook.cards["empathise"].name == "Stand in their boots"


def test_whoever_answers_keeps_the_shelf_that_they_took(playbooks: Path) -> None:
    library = PlaybookWatcher(playbooks, semantic=False)
    taken = library.active
    change(playbooks, "name: Stay calm and professional", "name: Stay cool")
    library.take_up_changes()
    library.take_up_changes()

    assert taken.playbook.cards["stay-calm"].name == "Stay calm and professional"
    assert taken.search.find("stay calm").matches[0].card.name == "Stay calm and professional"


def test_a_changed_card_costs_only_its_own_new_phrases(playbooks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = PlaybookWatcher(playbooks)
    embedded: list[str] = []
    learn = E5.learn

    def counting(self: E5, texts: list[str]) -> list[Matrix]:
        embedded.extend(texts)
        return learn(self, texts)

    monkeypatch.setattr(E5, "learn", counting)  # counts, and lets the real one work
    change(
        playbooks, "## Examples\n", "## Examples\n\n- my boat is on fire and they blame me\n- ten ducks shout at once\n"
    )
    library.take_up_changes()
    library.take_up_changes()

    assert sorted(embedded) == ["my boat is on fire and they blame me", "ten ducks shout at once"]


def test_new_phrases_are_kept_for_the_next_start(playbooks: Path) -> None:
    change(playbooks, "## Examples\n", "## Examples\n\n- my boat is on fire and they blame me\n")
    PlaybookWatcher(playbooks)

    cache = vectors.VectorCache(E5().model, own=vectors.own_vectors())

    assert cache.missing(["my boat is on fire and they blame me", "never seen"]) == ["never seen"]


def test_an_impatient_library_answers_by_words_until_many_new_phrases_are_learnt(playbooks: Path) -> None:
    new = "".join(f"- my boat number {n} is on fire and they blame me\n" for n in range(60))
    change(playbooks, "## Examples\n", f"## Examples\n\n{new}")

    library = PlaybookWatcher(playbooks, patient=False)
    assert library.why_not_semantic == "new phrases are still being learnt"
    assert library.active.search.find("he wants my boss").matches

    assert library.take_up_changes() is True
    assert library.why_not_semantic is None

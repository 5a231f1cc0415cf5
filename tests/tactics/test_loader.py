"""A playbooks folder that is wrong is refused whole, with every mistake at once, by file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import shipped_playbooks
from bot.errors import PlaybookError
from bot.tactics.model import Audience
from bot.tactics.playbook.loader import load, signature


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(PlaybookError) as caught:
        load(folder)
    return list(caught.value.mistakes)


def edit(folder: Path, card: str, change: Callable[[str], str]) -> None:
    path = folder / "tactics" / f"{card}.md"
    path.write_text(change(path.read_text()))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stage: both", "stage: prospct", 'stay-calm.md:5: stage is "prospct"; use prospect, customer or both.'),
        ("for: rep", "fro: rep", 'stay-calm.md:4: unknown key "fro"; use "for"'),
        ("for: rep\n", "", "stay-calm.md:1: for is missing; use rep, manager or both."),
        ("moment: keep-steady", "moment: keep-stedy", 'stay-calm.md:3: moment is "keep-stedy"; use "keep-steady".'),
        ("sources: [dragon, ", "sources: [dragoon, ", 'stay-calm.md:6: source "dragoon" is not in sources.yaml.'),
        ("## Say", "## Tell", 'unknown section "tell"; use'),
        ("## Say", "## Avoid", 'the section "Avoid" stands here twice'),
        ("name: Stay", "name: 'Stay", "not valid YAML"),
        ("name: Stay", "name: Stay: now", "needs quotes around it"),
        ("name: Stay", "name: Stay\nname: Stay", '"name" stands here twice'),
        ("for: rep", "for: rep\nyes: rep", 'unknown key "yes"'),
        ("name: Stay calm and professional", "name: 2024-13-45", "not valid YAML"),
        ("name: Stay calm and professional", "name: !!int x", "not valid YAML"),
        ("---\nname", "name", 'stay-calm.md:1: the file does not begin with "---"'),
        ("name: Stay calm and", "name: Stay calm and " + "very " * 10, "60 fit (name)"),
        ("Keeping cool", "Keeping cool " + "so " * 90, "250 fit (essence)"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(playbooks: Path, old: str, new: str, said: str) -> None:
    edit(playbooks, "stay-calm", lambda text: text.replace(old, new, 1))

    assert any(said in mistake for mistake in mistakes(playbooks)), mistakes(playbooks)


def test_all_mistakes_of_all_files_are_told_at_once(playbooks: Path) -> None:
    edit(playbooks, "stay-calm", lambda text: text.replace("stage: both", "stage: b").replace("for: rep", "for: reps"))
    edit(playbooks, "empathise", lambda text: text.replace("## Do", "## Doo"))
    (playbooks / "sources.yaml").write_text("dragon: 1\n")

    said = "\n".join(mistakes(playbooks))

    for part in (
        'stage is "b"',
        'for is "reps"',
        'unknown section "doo"',
        'section "do" has 0 lines',
        "sources.yaml:1",
    ):
        assert part in said


def test_an_item_that_is_too_long_is_told_with_its_own_line(playbooks: Path) -> None:
    edit(
        playbooks, "stay-calm", lambda text: text.replace("- I can hear how", "- " + "really " * 45 + "I can hear how")
    )
    path = playbooks / "tactics" / "stay-calm.md"
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if "really really" in text)

    assert any(f"stay-calm.md:{line}: this text has" in mistake for mistake in mistakes(playbooks))


def test_a_tension_must_lead_to_a_card_and_back(playbooks: Path) -> None:
    edit(playbooks, "do-not-argue", lambda text: text.replace("  hold-equal-footing:", "  hold-equal-foot:"))

    said = "\n".join(mistakes(playbooks))

    assert 'a tension names "hold-equal-foot", which is no other card; use "hold-equal-footing"' in said
    assert 'the tension with "do-not-argue" is one-sided; add "hold-equal-footing" in' in said


def test_two_cards_of_one_id_or_name_are_refused(playbooks: Path) -> None:
    deeper = playbooks / "tactics" / "ours"
    deeper.mkdir()
    text = (playbooks / "tactics" / "stay-calm.md").read_text()
    (deeper / "stay-calm.md").write_text(text)
    (deeper / "keep-calm.md").write_text(text)

    said = "\n".join(mistakes(playbooks))

    assert 'the id "stay-calm" is taken by' in said
    assert 'the name "Stay calm and professional" is that of' in said


@pytest.mark.parametrize("missing", ["moments.yaml", "sources.yaml", "off-topic.txt"])
def test_a_missing_file_is_told(playbooks: Path, missing: str) -> None:
    (playbooks / missing).unlink()
    assert any(f"{missing}:1: it cannot be read: No such file" in mistake for mistake in mistakes(playbooks))


def test_a_folder_without_cards_is_told(tmp_path: Path) -> None:
    assert "PLAYBOOKS names the folder above it" in mistakes(tmp_path)[0]


def test_a_file_that_is_not_utf8_is_told_with_its_line(playbooks: Path) -> None:
    path = playbooks / "tactics" / "stay-calm.md"
    path.write_bytes(path.read_text().replace("even, and", "even\xe9, and").encode("latin-1", "replace"))
    assert any("this is not UTF-8 text" in mistake for mistake in mistakes(playbooks))


def test_yaml_cannot_make_objects(playbooks: Path) -> None:
    edit(playbooks, "stay-calm", lambda text: text.replace("for: rep", "for: !!python/object/apply:os.getcwd []"))
    assert any("not valid YAML" in mistake for mistake in mistakes(playbooks))


def test_wrapped_lines_windows_line_ends_and_a_byte_order_mark_are_fine(playbooks: Path) -> None:
    edit(playbooks, "stay-calm", lambda text: text.replace("It tells them that their", "It tells them\n  that their"))
    path = playbooks / "tactics" / "stay-calm.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    card = load(playbooks).cards["stay-calm"]

    assert card.avoid[0].startswith('"Calm down." It tells them that their anger')


def test_what_editors_leave_about_is_no_card_and_links_are_followed(playbooks: Path, tmp_path: Path) -> None:
    for name in (".#stay-calm.md", "._stay-calm.md", "README.md"):
        (playbooks / "tactics" / name).write_text("no card")
    (playbooks / "tactics").rename(tmp_path / "elsewhere")
    (playbooks / "tactics").symlink_to(tmp_path / "elsewhere")
    before = signature(playbooks)
    edit(playbooks, "stay-calm", lambda text: text.replace("Stay calm and", "Be calm and"))

    assert len(load(playbooks).cards) == 41
    assert signature(playbooks) != before


def test_an_id_too_long_for_a_button_and_a_moment_too_full_for_a_message_are_told(playbooks: Path) -> None:
    text = (playbooks / "tactics" / "debrief.md").read_text()
    for number in range(20):
        (playbooks / "tactics" / f"debrief-{number}.md").write_text(
            text.replace("name: Debrief", f"name: {number} Debrief")
        )
    (playbooks / "tactics" / f"{'a' * 61}.md").write_text(text.replace("name: Debrief", "name: Long"))

    said = "\n".join(mistakes(playbooks))

    assert "the id has 61 characters; 60 fit a button" in said
    assert 'moment "get-better" has 24 cards; 20 fit one message' in said


def situations(playbooks: Path, text: str) -> None:
    (playbooks / "situations" / "ours.txt").write_text(text, encoding="utf-8")


def test_a_situation_is_an_example_of_each_card_before_it_and_of_none_where_it_says_so(playbooks: Path) -> None:
    situations(playbooks, "# remark\n\nstay-calm not-personal: they hiss at us: every day\nnone: the kettle hisses\n")

    playbook = load(playbooks)

    assert "they hiss at us: every day" in playbook.cards["stay-calm"].examples
    assert "they hiss at us: every day" in playbook.cards["not-personal"].examples
    assert "the kettle hisses" in playbook.off_topic


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("stay-clam: they hiss", 'ours.txt:2: there is no card "stay-clam"; use "stay-calm".'),
        ("they hiss at us", 'ours.txt:2: this line is not of the form "card-id: what is happening"'),
        ("stay-calm:", "is not of the form"),
        ("stay-calm none: they hiss", '"none" stands beside a card'),
        ("a b c d: they hiss", "is not of the form"),
        ("none: hisses the whole day", "this text stands for a card elsewhere; decide which it is"),
        ("stay-calm: " + "x" * 701, "700 fit (example)"),
    ],
)
def test_a_mistake_in_a_situation_is_told_with_file_and_line(playbooks: Path, line: str, said: str) -> None:
    situations(playbooks, f"stay-calm: hisses the whole day\n{line}\n")

    assert any(said in mistake for mistake in mistakes(playbooks)), mistakes(playbooks)


def test_situations_may_be_left_out(playbooks: Path) -> None:
    shutil.rmtree(playbooks / "situations")

    assert len(load(playbooks).cards["stay-calm"].examples) > 100


def test_careful_is_true_or_left_out(playbooks: Path) -> None:
    assert load(playbooks).cards["part-ways"].careful
    assert not load(playbooks).cards["stay-calm"].careful

    edit(playbooks, "part-ways", lambda text: text.replace("careful: true", "careful: very", 1))

    assert mistakes(playbooks)[0].endswith('part-ways.md:6: careful is "very"; use true, or leave the line out.')


def test_a_managers_cards_come_last_in_their_moment() -> None:
    shown = load(shipped_playbooks()).by_moment["bring-in-the-manager"]

    assert [card.audience for card in shown] == sorted((card.audience for card in shown), key=Audience.MANAGER.__eq__)
    assert shown[-1].audience is Audience.MANAGER


def test_a_text_of_no_card_that_is_an_example_of_one_is_told(playbooks: Path) -> None:
    example = load(playbooks).cards["stay-calm"].examples[0]
    (playbooks / "off-topic.txt").write_text(f"{example}\n")

    assert any(f'"{example}" is an example of a card, too' in mistake for mistake in mistakes(playbooks))

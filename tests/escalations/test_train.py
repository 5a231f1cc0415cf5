"""What is learnt can be fitted anew from a fresh clone, byte for byte, and others' words are not in it."""

import json
from pathlib import Path

import pytest

from bot.config import shipped_playbooks
from bot.escalations.detection import labelled, train
from bot.escalations.detection.classifier import Classifier
from bot.escalations.detection.criteria import Criteria
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.playbook import load

TROUBLE = [Utterance("Stone", Role.CUSTOMER, "Our lawyers will write to you, and I want to speak to your boss.")]
FINE = [Utterance("Stone", Role.CUSTOMER, "Thanks, the invoice has arrived and all is well.")]


@pytest.fixture(scope="module")
def few() -> list[labelled.LabelledThread]:
    """A tenth of what we wrote: enough to learn the plainest of it."""
    return list(labelled.ours())[::10]


def test_a_fresh_clone_fits_what_we_wrote_and_the_same_gives_the_same_bytes(
    few: list[labelled.LabelledThread], tmp_path: Path
) -> None:
    for name in ("one.npz", "two.npz"):
        train.fit_into(few, tmp_path / name, "a tenth of it")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    fitted = Classifier(tmp_path / "one.npz")
    assert fitted.fitted_on == "a tenth of it"
    shipped = load(shipped_playbooks()).criteria
    criteria = Criteria(shipped.all, shipped.rules, None, fitted)
    assert criteria.read(TROUBLE).page
    assert not criteria.read(FINE).page


def test_the_weights_say_what_they_were_fitted_on_and_that_others_texts_were_not_there() -> None:
    assert " and " in Classifier().fitted_on
    written = [*labelled.examples()]
    assert train.told_of(written, []) == f"{len(written):,} threads that we wrote alone"


def test_all_of_one_writer_is_left_out_together() -> None:
    hands = ["mia"] * 5 + ["omar"] * 3 + ["dana", "jonas"] * 2
    found = dict(zip(hands, train.folds(hands), strict=True))
    assert len(set(found.values())) == 4
    assert all(found[hand] == fold for hand, fold in zip(hands, train.folds(hands), strict=True))


def test_a_text_of_others_is_known_by_its_checksum_and_gets_our_labels(tmp_path: Path) -> None:
    row = {"id": "x-1", "messages": [{"role": "customer", "text": " I want your boss. "}], "should_page": False}
    label = {"id": "r3-1", "sha256": labelled.checksum(row), "criteria": ["asks-for-manager"], "should_page": True}
    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps(label) + "\n")
    (tmp_path / "escalation_more.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({**row, "messages": []}) + "\n")
    (found,) = labelled.others(tmp_path, labelled=labels)
    assert (found.pages, found.criteria) == (True, frozenset({"asks-for-manager"}))


def test_a_folder_without_the_rows_is_refused_with_their_names(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no escalation_dev.jsonl and no escalation_real_more.jsonl"):
        train.main(["--rows", str(tmp_path), "--into", str(tmp_path / "weights.npz")])
    assert not (tmp_path / "weights.npz").exists()


def test_no_sentence_of_others_is_in_the_repository() -> None:
    for path in sorted(labelled.OURS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if path == labelled.LABELS:
                assert row.keys() == {"id", "source", "licence", "sha256", "criteria", "should_page", "doubtful"}
            else:
                assert row.get("source", "hand-written").split(":")[0] in ("hand-written", "style"), row["id"]

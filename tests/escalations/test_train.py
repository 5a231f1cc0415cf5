"""The classifier can be fitted anew from a fresh clone, and others' words are not in it."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot.escalations.detection import train
from bot.escalations.detection.classifier import Classifier
from bot.escalations.detection.sentences import Role, Utterance, sentences


def test_a_fresh_clone_fits_what_we_wrote_and_says_that_this_is_not_all(tmp_path: Path) -> None:
    into = tmp_path / "weights.npz"
    said = train.main(["--into", str(into)])
    assert "threads that we wrote alone" in said
    assert "--rows DIR" in said
    trouble, fine = (
        [Utterance("Stone", Role.CUSTOMER, text)]
        for text in ("Our lawyers will write to you, and I want your boss.", "Thanks, the invoice has arrived.")
    )
    fitted = Classifier(into)
    assert fitted.judge(trouble, sentences(trouble))[0].probability > 0.5
    assert fitted.judge(fine, sentences(fine))[0].probability < 0.5


def test_the_same_threads_give_the_same_weights(tmp_path: Path) -> None:
    given = list(train.ours())[::9]
    for name in ("one.npz", "two.npz"):
        train.fit(given, tmp_path / name)
    one, two = (np.load(tmp_path / name) for name in ("one.npz", "two.npz"))
    assert all(np.array_equal(one[key], two[key]) for key in one)


def test_a_text_of_others_is_known_by_its_checksum_and_gets_our_labels(tmp_path: Path) -> None:
    row = {"id": "x-1", "messages": [{"role": "customer", "text": " I want your boss. "}], "should_page": False}
    label = {"id": "r3-1", "sha256": train.checksum(row), "criteria": ["asks-for-manager"], "should_page": True}
    labelled = tmp_path / "labels.jsonl"
    labelled.write_text(json.dumps(label) + "\n")
    (tmp_path / "escalation_more.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({**row, "messages": []}) + "\n")
    (found,) = train.others(tmp_path, labelled=labelled)
    assert (found.pages, found.criteria) == (True, frozenset({"asks-for-manager"}))


def test_a_folder_without_the_rows_is_refused_with_their_names(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"holds no escalation_dev.jsonl and no escalation_real_more.jsonl"):
        train.main(["--rows", str(tmp_path), "--into", str(tmp_path / "weights.npz")])
    assert not (tmp_path / "weights.npz").exists()


def test_no_sentence_of_others_is_in_the_repository() -> None:
    for path in sorted(train.OURS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if path == train.LABELS:
                assert row.keys() == {"id", "source", "licence", "sha256", "criteria", "should_page", "doubtful"}
            else:
                assert row.get("source", "hand-written").split(":")[0] in ("hand-written", "style"), row["id"]

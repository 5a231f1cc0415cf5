"""Some of the runs of `make kills`, which kills the bot everywhere: no page is lost, and none comes twice."""

from pathlib import Path

from tests.escalations.kills import all_wrong

SOME = [("said", 1), ("after_mark", 2), ("after_post", 2), ("placed", 1), ("reached", 1)]


def test_wherever_the_bot_is_killed_everybody_is_paged_once_and_in_turn(tmp_path: Path) -> None:
    assert all_wrong(SOME, tmp_path, at_once=3) == []

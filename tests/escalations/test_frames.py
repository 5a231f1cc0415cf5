"""Frames are words in their order, bounded in everything, and never regular expressions."""

import pytest

from bot.escalations.detection.frames import FrameError, Lexicons, read_frame
from bot.escalations.detection.matcher import Matcher
from bot.escalations.detection.sentences import Role, Utterance, sentences

LISTS = {"boss": ["manager", "vice president"], "people": ["[boss]", "rep"]}


def found(frame: str, text: str) -> bool:
    read = sentences([Utterance("mia", Role.REP, text)])
    matcher = Matcher([read_frame(frame, Lexicons(LISTS))])
    return any(matcher.find(read, at) for at in range(len(read)))


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ("want .. [boss]", "she wanted to see my manager"),
        ("want .. [boss]", "she wants the vice president"),
        ("want .. [people]", "he wants a rep"),
        ("leave us", "they are leaving us"),
        ("[boss] now?", "get me the manager"),
        ("(sue|take us to (court|tribunal))", "they take us to tribunal"),
        ("# times", "I called four times"),
        ("cost us $", "it cost us $12k"),
        ("cost us $", "it cost us 12,000 euros"),
        ("fixed / not working", "You said it was fixed. Not working."),
        ("^ idiots", "idiots, the lot"),
        ("unacceptable !!", "This is UNACCEPTABLE!!!"),
        ("won't renew", "they won’t renew"),
    ],
)
def test_a_frame_finds_inflections_lists_numbers_and_money(frame: str, text: str) -> None:
    assert found(frame, text)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ("want .. [boss]", "she wants a b c d e manager"),
        ("want .. [boss]", "what she wants. The manager is out"),
        ("=leave us", "they are leaving us"),
        ("^ idiots", "we are idiots"),
        ("unacceptable !!", "this is unacceptable"),
        ("cost us $", "it cost us 12 days"),
    ],
)
def test_a_frame_keeps_to_its_gaps_and_to_its_sentence(frame: str, text: str) -> None:
    assert not found(frame, text)


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ("(a+)+$x", "regular expressions are not accepted"),
        ("want [bos]", 'there is no lexicon "[bos]"'),
        ("want (a|b", "parentheses"),
        ("want ..", "begins or ends with a gap"),
        (".. want", "begins or ends with a gap"),
        ("want?", "no word that must be there"),
        ("a b c d e f g h i j k l m n o", "up to 14"),
        ("((a|b|c|d|e|f) (a|b|c|d|e|f) (a|b|c|d|e|f) (a|b|c|d|e|f))", "more than 200 ways"),
    ],
)
def test_a_frame_that_cannot_be_read_says_why(frame: str, says: str) -> None:
    with pytest.raises(FrameError, match=says.replace("[", r"\[").replace("(", r"\(")):
        read_frame(frame, Lexicons(LISTS))


def test_a_lexicon_that_contains_itself_is_refused() -> None:
    with pytest.raises(FrameError, match="contains itself"):
        read_frame("[a]", Lexicons({"a": ["[b]"], "b": ["[a]"]}))

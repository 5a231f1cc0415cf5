"""An answer goes out in the acknowledgement where it is quick, and after it where it is not; never both."""

import threading
from datetime import timedelta

from slack_bolt import Ack

from bot.slack.ack import AckDeadlines, CommandReply
from bot.slack.block_kit import Message, sentence
from tests.wire import eventually


def test_a_quick_answer_is_the_acknowledgement_itself() -> None:
    ack, later = Ack(), list[Message]()
    reply = CommandReply(ack, later.append)

    reply.send(sentence("here you are"))
    reply.acknowledge()

    assert ack.response is not None
    assert "here you are" in ack.response.body
    assert later == []


def test_a_slow_answer_is_acknowledged_in_time_and_follows() -> None:
    ack, later = Ack(), list[Message]()
    deadlines = AckDeadlines(timedelta(seconds=0.1))
    reply = deadlines.promise(CommandReply(ack, later.append))

    assert eventually(lambda: ack.response is not None)
    assert ack.response is not None
    assert ack.response.body == ""
    reply.send(sentence("here you are"))

    assert later == [sentence("here you are")]
    assert ack.response.body == ""
    deadlines.stop()


def test_when_answer_and_deadline_meet_one_of_them_wins() -> None:
    for _ in range(200):
        ack, later = Ack(), list[Message]()
        reply = CommandReply(ack, later.append)
        racer = threading.Thread(target=reply.acknowledge)
        racer.start()
        reply.send(sentence("x"))
        racer.join()
        assert ack.response is not None
        assert (ack.response.body == "") == (later == [sentence("x")])


def test_whoever_still_waits_at_the_end_is_acknowledged() -> None:
    ack = Ack()
    deadlines = AckDeadlines(timedelta(hours=1))
    deadlines.promise(CommandReply(ack, lambda message: None))

    deadlines.stop()

    assert ack.response is not None

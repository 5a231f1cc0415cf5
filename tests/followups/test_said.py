"""What is said in a thread: promises to customers, and what ends a reminder."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.followups.dates.questions import NotUnderstood
from bot.followups.said.ended import awaits_answer, says_answered, says_done
from bot.followups.said.promising import SaidPromise, promised
from tests.adverse import COMMON
from tests.bench.promises import DATA, offered, rows

BERLIN, LISBON = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Lisbon")
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # a Tuesday, 12:00 in Berlin
EVERYDAY = Path(__file__).parents[1] / "data" / "everyday_sentences.txt"


def read(text: str, zone: ZoneInfo = BERLIN) -> SaidPromise | None:
    return promised(text, NOON, zone, "en-GB", ["Acme", "Borealis"])


@pytest.mark.parametrize(
    ("text", "what", "wall"),
    [
        ("I'll send the fix by Friday 3pm", "send the fix", "2026-11-27 15:00"),
        ("we will have the quote over to them tomorrow noon", "have the quote over to them", "2026-11-25 12:00"),
        ("Told them they get the credit note by Monday", "they get the credit note", "2026-11-30 09:00"),
        ("I promised Dana a call back at 4", "Dana a call back", "2026-11-24 16:00"),
        ("By Friday 3pm I’ll send the fix.", "send the fix", "2026-11-27 15:00"),
        ("Tomorrow 9am I call Dana with the dates", "call Dana with the dates", "2026-11-25 09:00"),
        ("ok. sending the RCA by EOD", "send the RCA", "2026-11-24 17:00"),
        ("I told her we'd ship on Monday, she is fine with it", "ship", "2026-11-30 09:00"),
        ("I've assured the CFO that the 12k will be credited by the 1st of December", "the 12k will be credited",
         "2026-12-01 09:00"),
        ("told Dana she'd get the recap tonight, writing it now", "she'd get the recap", "2026-11-24 18:00"),
        ("I'll call them at 4 and we'll see", "call them", "2026-11-24 16:00"),
        ("We deliver the spare parts until Thursday", "deliver the spare parts", "2026-11-26 09:00"),
        ("Wir werden ihm die Gutschrift bis morgen senden.", "ihm die Gutschrift senden", "2026-11-25 09:00"),
        ("Le enviaré el presupuesto antes del viernes.", "Le enviaré el presupuesto", "2026-11-27 09:00"),
    ],
)  # fmt: skip
def test_what_is_promised_and_by_when(text: str, what: str, wall: str) -> None:
    found = read(text)
    assert found is not None
    assert found.due is not None
    assert found.question is None
    assert (found.what, str(found.due.wall)[:16]) == (what, wall)


def test_the_time_is_the_writers() -> None:
    found = read("I'll send the fix by Friday 3pm", LISBON)
    assert found is not None
    assert found.due is not None
    assert found.due.at == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert found.due.zone == LISBON


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I'll send them the fix today", "today"),
        ("We'll send the fix to Acme on Monday or Tuesday", "two-dates"),
        ("I'll call their CFO tomorrow 9", "is-a-time"),
        ("We will refund them in a few days", "several"),
    ],
)
def test_a_time_that_is_not_sure_is_a_question(text: str, question: str) -> None:
    found = read(text)
    assert found is not None
    assert found.due is None
    assert isinstance(found.question, NotUnderstood)
    assert found.question.question == question


@pytest.mark.parametrize(
    "text",
    [
        "will send quote tmrw 10am",
        "Our engineers will roll out the patch on Wednesday at 10am.",
        "We've promised to refund the double charge by Friday.",
        "I've committed to sending them a workaround within 24 hours.",
        "Contoso gets a service credit by Friday. I promised.",
        "Acme will have the corrected invoice by Wed",
        "they'll have our answer by Thursday noon",
        "I'll have Omar call them at 4 today.",
        "I'll keep the case open and send Northwind the fixed build on Wednesday morning.",
        "I will personally make sure that the refund is issued by Wednesday.",
        "Dear Ms Keller, we will provide you with the revised schedule by Thursday 5pm.",
        "We agreed with the customer that we'd deliver the rest by Friday.",
        "The customer has been promised an answer by tomorrow morning.",
        "She asked twice.\nI'll give her the numbers by 5.",
        "> when do we get it?\nI'll send them the log by 5",
    ],
)
def test_a_promise_is_seen(text: str) -> None:
    assert read(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "I'll send the fix",  # no time
        "I'll send it soon",
        "I'm back tomorrow, I'll call them at 3",  # not today at 3
        "I'll send it asap",
        "shall I send it by Friday?",
        "Can we send it to them by Friday?",
        "if they sign I'll send it Friday",
        "I'll send it Friday if they sign",
        "As soon as legal signs off we will send it on Friday",
        "they'll pay by Friday",
        "Dana will send it tomorrow",
        "legal says they'll review by Monday",
        "the vendor told them we'd ship by Friday",
        "The vendor promised us a patch by Friday.",
        "She claims we promised her a refund by Friday.",
        "> I'll send the fix by Friday 3pm",
        "&gt; I'll send the fix by Friday 3pm",
        "`I'll send the fix by Friday 3pm`",
        '"we\'ll send the fix by Friday 3pm" is what sales told them',
        "the customer wrote: I will send the fix by Friday",
        "I said I'd send it last Friday, and did",
        "I sent it yesterday",
        "Told them we'd ship on Friday, it's Monday and nothing has left",
        "Told them Monday they'd get the keys, nobody sent them",
        "told her monday theyd have the price",
        "I won't make it by Friday",
        "we will not send it by Friday",
        "we never promised her the fix by Friday",
        "I could try to send it by Friday",
        "I might send it tomorrow",
        "hopefully we'll send it tomorrow",
        "I would send the report by Friday if I had the data.",
        "I'd love to send them the fix by tomorrow",
        "I think we'll ship it on Friday",
        "I'll try to send it by Friday",
        "I send them the report every Monday",
        "let's talk tomorrow",
        "I'm off on Friday",
        "I'll be back Monday",
        "see you at 3",
        "I'll grab lunch at 12",
        "I'll ping you tomorrow",
        "I'll send you my notes tonight",
        "I'll send round the agenda for the team meeting tomorrow",
        "We'll get their answer by Friday.",
        "We'll have their signature by Friday.",
        "I told the customer to send the logs by Friday.",
        "The customer needs the fix by Friday",
        "who can send the quote by noon",
        "Wenn der Kunde zahlt, schicken wir die Ware am Montag.",
        "Ich schicke dir morgen die Folien.",
        "Si pagan, enviaremos el material el lunes.",
        "",
    ],
)
def test_what_only_looks_like_a_promise_is_left_alone(text: str) -> None:
    assert read(text) is None


def test_nine_in_ten_of_what_is_offered_are_promises_and_four_in_five_are_found() -> None:
    found = [(row["promise"], offered(row["text"]) is not None) for row in rows(DATA / "promises.jsonl")]
    right = sum(wanted and given for wanted, given in found)
    assert len(found) >= 500
    assert right >= 0.9 * sum(given for _, given in found)
    assert right >= 0.8 * sum(wanted for wanted, _ in found)


def test_everyday_sentences_promise_nothing() -> None:
    lines = EVERYDAY.read_text(encoding="utf-8").splitlines()
    assert sum(read(line) is not None for line in lines) <= len(lines) // 100


@pytest.mark.parametrize(("field", "judge"), [("done", says_done), ("answered", says_answered)])
def test_the_end_of_a_reminder_is_told_from_what_sounds_like_it(field: str, judge: Callable[[str], bool]) -> None:
    found = [(row[field], judge(row["text"])) for row in rows(DATA / "said_done.jsonl")]
    right = sum(wanted and given for wanted, given in found)
    assert len(found) >= 250
    assert right >= 0.95 * sum(given for _, given in found)
    assert right >= 0.95 * sum(wanted for wanted, _ in found)


@pytest.mark.parametrize(
    "text",
    ["done", "Done ✅", "sent it", "just sent the options over", "fixed and confirmed", "that's taken care of",
     "✅ sent", "I've just called her", "the quote went out at 2"],
)  # fmt: skip
def test_done_is_heard(text: str) -> None:
    assert says_done(text)


@pytest.mark.parametrize(
    "text",
    ["not done yet", "almost done", "will be done tomorrow", "is it done?", "I'm done with this customer", "done deal?",
     "> done", "they sent us a mail", "well done!", "50% done", "called, nobody picked up", ""],
)  # fmt: skip
def test_not_done_is_heard(text: str) -> None:
    assert not says_done(text)


@pytest.mark.parametrize(
    "text",
    ["Dana got back to us", "they replied", "just heard back from Acme", "got their answer: yes", "they've signed!"],
)
def test_an_answer_is_heard(text: str) -> None:
    assert says_answered(text)


@pytest.mark.parametrize(
    "text",
    ["no reply yet", "still waiting for them to answer", "have they replied?", "they haven't replied",
     "I replied to them", "if they reply, tell me", "got an out of office", '"they replied"'],
)  # fmt: skip
def test_no_answer_is_heard(text: str) -> None:
    assert not says_answered(text)


@pytest.mark.parametrize(
    "task",
    ["see whether they replied", "chase Dana for an answer", "wait for the signature", "check if Acme has signed",
     "nudge Dana about the decision", "any answer from Stone?", "remind them to sign", "get their approval",
     "follow up on the PO", "ask whether they have decided"],
)  # fmt: skip
def test_a_reminder_may_wait_for_the_customer(task: str) -> None:
    assert awaits_answer(task)


@pytest.mark.parametrize(
    "task",
    ["send the fix", "reply to Dana", "send them the answer", "call Dana at 4", "check the invoice", "book the room",
     "prepare the offer", "they get the credit note", "give her the decision", ""],
)  # fmt: skip
def test_or_for_us(task: str) -> None:
    assert not awaits_answer(task)


@pytest.mark.parametrize("judge", [read, says_done, says_answered, awaits_answer])
def test_a_very_long_message_takes_no_longer(judge: Callable[[str], object]) -> None:
    pieces = (
        *COMMON,
        "I'll send ",
        "told Dana the ",
        "we will and ",
        "Aa ",
        "promised a ",
        "make sure the ",
        "3 ",
        "'Aa ",
    )
    judge("I'll send the fix by Friday 3pm")
    for piece in pieces:
        text = f"I'll send 3 {piece * 100_000}"[:100_000]
        began = time.process_time()
        judge(text)
        assert time.process_time() - began < 0.2, piece

"""Whatever people type, and wherever it is shown again: no markup of theirs is alive, and it reads as it was typed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.commands.router import Place
from bot.delivery.model import UNREADABLE, Delivery, DeliveryState, Draft, composed, undelivered
from bot.escalations import blocks as cases
from bot.escalations import case_windows
from bot.escalations import queue_blocks as queue
from bot.escalations.model import ASKED, Case, CaseState, Roster, Trigger
from bot.escalations.page_store import CaseLogEntry, Page
from bot.escalations.particulars import Particulars
from bot.escalations.policy import Policy, Step
from bot.escalations.wording import CardRef, ChainEnd, CustomerStatus, LedgerContext, PageContext, Quotation
from bot.followups import blocks as followups
from bot.followups import forms, history_blocks, offer_blocks, reminder_blocks
from bot.followups.asked_blocks import ask_message, whom_message
from bot.followups.follow_up_log import FollowUpLogEntry
from bot.followups.model import FollowUp, FollowUpState, LocalTime, NewFollowUp
from bot.followups.promises import PromiseWatch
from bot.followups.service import FollowUpHistory
from bot.followups.understanding import PossibleFollowUp
from bot.followups.whom import Whom
from bot.slack.block_kit import Message, moment, sentence
from bot.slack.limits import fit, fit_window
from bot.slack.text import escaped, plain, quote
from bot.tactics import blocks as tactics
from bot.tactics.model import Audience, Card, Moment, Stage, Tension
from bot.tactics.service import Answer, AnswerRef

NASTY = (
    *("<!channel>", "<!here|x>", "<!everyone>", "<!subteam^S0MANAGERS>", "<!subteam^S0MANAGERS|@managers>"),
    *("<@U0EVIL>", "<#C0EVIL|general>", "<https://evil.example|good>", "<mailto:a@evil.example|Mia>"),
    *("&lt;!channel&gt;", "&amp;lt;!here&amp;gt;", "<!channel", "<@U0EVIL", "<<!channel>>", "a < b > c & d"),
    *("<!date^1^{date}^https://evil.example|now>", "*EVIL* _EVIL_ ~EVIL~ `EVIL`", "><!here><", "<!chan\nnel>"),
)
OURS = re.compile(
    r"<@(?:U0MIA|U0OMAR|U0PRIYA)>|<#C0DEALS>|<https://slack\.example/thread\|(?:Open the thread|Open it)>"
    r"|<!date\^\d+\^\{date_pretty\} \{time\}\|[\w :+-]+>"
)
FORMATS = re.compile(r"[*_~`]EVIL[*_~`]")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
DUE = LocalTime.of(NOW + timedelta(hours=6), ZONE)
ID = "<!here>"  # of a criterion, as an admin wrote it in the playbook
WORDS = "NASTY"  # stands for what a person typed, wherever a builder takes it


def case(words: str, state: CaseState, asked_by: str | None) -> Case:
    asked = Trigger(ASKED, "Asked for", words, urgent=True)
    met = (*([asked] if asked_by else []), Trigger(ID, words, words, urgent=False))
    roster = Roster(Policy(), (Step(("U0OMAR", "U0PRIYA"), timedelta(minutes=10)),))
    return Case(
        number=7, channel="C0DEALS", thread_ts="1.5", private=False, customer=words, owner="U0MIA", asked_by=asked_by,
        roster=roster, met=met, state=state, opened_at=NOW, due_at=NOW, taken_by="U0OMAR", taken_until=NOW,
        closed_by="U0OMAR", closed_at=NOW, outcome="resolved", cause="defect", line=words,
    )  # fmt: skip


def of_cases(words: str) -> Iterator[Message]:
    card = CardRef("a", words, words)
    said = Particulars(words, words, words)
    about = PageContext(
        "https://slack.example/thread", f"2 earlier escalations of {quote(words)}", (card,),
        (Quotation(f"{words} and {words}", (words,), "U0MIA", NOW), Quotation(words)), said, may_be_named=True,
    )  # fmt: skip
    noted = CustomerStatus(f"“{quote(words, 200)}”, noted by <@U0MIA> {moment(NOW)}", quote(words, 200))
    ledger = LedgerContext(noted, (), said, card, ())
    for state in CaseState:
        for asked_by in ("U0MIA", None):
            one = case(words, state, asked_by)
            page = Page(1, ID, "U0OMAR", 0, NOW, "not needed", "joke", NOW)
            yield cases.page_message(one, "U0OMAR", about, outside=False)
            yield cases.page_message(one, "U0OMAR", replace(about, repeat=2, is_last=False), outside=False)
            yield cases.page_message(one, "U0PRIYA", replace(about, answer="passed on"), outside=True)
            yield cases.root_message(one, words)
            yield cases.ledger_message(one, ledger)
            yield cases.ledger_message(one)
            yield from of_thread(one, words)
            yield queue.list_message("all", [(one, [page], "")], [(ID, 1, 2)], now=NOW, of=1, hidden=1, past=[one])
            entries = [
                CaseLogEntry(NOW, "", "criterion met", f"{ID}: {words}"),
                CaseLogEntry(NOW, "U0MIA", "x", words),
            ]
            entries.append(CaseLogEntry(NOW, "", "paged", "<@U0OMAR>"))
            yield queue.why_message(one, queue.told_lines(one, entries, [page], ZONE), ZONE)
            lines = queue.detail_lines(one, entries, [page], [], ZONE)
            yield queue.details_message(one, lines, ZONE)
    yield queue.list_message(words, [], [], now=NOW)


def of_thread(one: Case, words: str) -> Iterator[Message]:
    """What a case says in its thread, and to whoever presses something."""
    yield cases.taken_message(one)
    yield cases.lapsed_message(one, "U0OMAR", "Paging <@U0PRIYA>.")
    yield cases.passed_message(one, "U0OMAR", "<@U0PRIYA>")
    yield cases.last_step_message(one, "U0OMAR")
    yield cases.held_message(one)
    yield cases.unknown_message(one)
    yield cases.unreachable_message(one, {"U0OMAR": "user_disabled"}, "Paging <@U0PRIYA>.")
    yield cases.joined_message(one, "nobody is being asked", "https://slack.example/thread")
    yield cases.added_message(one, "U0MIA", words)
    yield cases.handed_message(one, "back with the rep", "U0OMAR", "U0MIA", words)
    yield cases.closed_message(one, "an hour")
    yield cases.reopened_message(one, "U0MIA")
    yield cases.unanswered_message(one, ChainEnd("<@U0OMAR> was paged and has not answered"))
    yield cases.unanswered_message(replace(one, roster=Roster(Policy(), ())))
    yield cases.begun_message(one)
    yield cases.begun_message(one, added=True)
    yield cases.closed_as_not_needed_message(one)


def follow_up(words: str, state: FollowUpState, customer: str | None) -> FollowUp:
    wanted = NewFollowUp(words, "U0OMAR", DUE, "C0DEALS", customer, "1.5", promise=True)
    return FollowUp(12, wanted, "U0MIA", state, 1, NOW, NOW, "U0MIA")


def of_follow_ups(words: str) -> Iterator[Message]:
    for state in FollowUpState:
        for customer in (words, None):
            one = follow_up(words, state, customer)
            yield reminder_blocks.reminder_message(one)
            yield reminder_blocks.reminders_message([one, one])
            yield reminder_blocks.warning_message(one, DUE.at, NOW)
            yield reminder_blocks.lost_message(one)
            yield followups.echo_message(one)
            yield followups.echo_message(
                one, followups.Beside(watch=PromiseWatch((NOW,), DUE.at), zone=ZoneInfo("UTC"))
            )
            yield reminder_blocks.snoozed_message(one)
            yield followups.detail_message(one)
            yield followups.list_message("mine", [one] * 3)
            yield reminder_blocks.snooze_choices(one)
            yield offer_blocks.given_message(one, "U0MIA")
            entries = [FollowUpLogEntry(NOW, "U0MIA", "reassigned", "<@U0OMAR>")]
            yield history_blocks.why_message(FollowUpHistory(one, entries, [delivery(sentence("x"))]), ZONE)
    yield followups.list_message(words, [])
    yield offer_blocks.left_message(follow_up(words, FollowUpState.DUE, words), "U0MIA")
    readings = [PossibleFollowUp(DUE, words, words), PossibleFollowUp(DUE, None, words)]
    yield ask_message(f'Is "{words}" a time?', words, readings, {"by": "U0MIA"}, NOW, ZONE)
    yield ask_message(words, words, [], {"by": "U0MIA", "promise": True}, NOW, ZONE)
    yield whom_message(Whom(None, words, words, [("U0MIA", words), ("U0OMAR", words)], words), "remind", "U0MIA")


def of_cards(words: str) -> Iterator[Message]:
    lines, tension = (words, "x"), Tension(words, words, words)
    of = (words, words, words, "m", Audience.BOTH, Stage.BOTH, (), (tension,))
    card = Card(*of, lines, lines, lines, lines, lines, words, lines)
    handle, moments = AnswerRef("t" * 12, ("a", "b"), "a"), (Moment("m", words),)
    for place in Place:
        answer = Answer(handle, words, card, (card,), (words,), moments)
        yield tactics.answer_message(answer, place, "card NAME")
        yield tactics.answer_message(replace(answer, why=(words, words)), place)
        yield tactics.answer_message(replace(answer, shown=None), place)
        yield tactics.noted_message(answer, place, helped=True, may_lend=False)
        yield tactics.card_message(card, handle, place)
    yield tactics.menu_message(moments)
    yield tactics.moment_message(moments[0], [card], handle)
    yield tactics.shared_message(card, "U0MIA")
    yield tactics.receipt_message(card, "C0DEALS", "1.5")
    yield tactics.lent_message(card, lent=True)
    yield tactics.no_such_card(words, [card], handle)
    yield tactics.no_such_card(words, [], handle)


def delivery(message: Message, due: datetime = NOW, trouble: str | None = None, channel: str = "C0DEALS") -> Delivery:
    draft = Draft("F12:1", "reminder", "F12", channel, message, due, fallback_to=("U0MIA",))
    return Delivery(1, "T0", draft, DeliveryState.FAILED, planned_at=NOW, not_before=NOW, trouble=trouble)


def of_delivery(words: str) -> Iterator[Message]:
    reminder = reminder_blocks.reminder_message(follow_up(words, FollowUpState.DUE, words))
    one_sentence = cases.unanswered_message(case(words, CaseState.UNANSWERED, None))
    for message in (reminder, one_sentence):
        for trouble in (None, "crash", f"{UNREADABLE}missing_scope"):
            late, on_time = delivery(message, NOW - timedelta(hours=1), trouble), delivery(message, NOW, trouble)
            yield composed([late], NOW)
            yield composed([on_time], NOW)
            yield composed([late, on_time], NOW)
            for channel in ("C0DEALS", "@U0OMAR"):
                yield undelivered(delivery(message, NOW, trouble, channel), "U0MIA").message


def mrkdwn_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for one in value.values():
            yield from mrkdwn_in(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from mrkdwn_in(one)


def alive(text: str) -> list[str]:
    """What is markup in *text* and not the bot's own."""
    return re.findall(r"<.{0,30}", OURS.sub("", text), re.S)


BUILDERS = {"cases": of_cases, "follow-ups": of_follow_ups, "cards": of_cards, "delivery": of_delivery}


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("typed", NASTY)
def test_nothing_that_is_typed_is_alive_in_what_is_drawn(builder: str, typed: str) -> None:
    for drawn in BUILDERS[builder](typed):
        for message in (drawn, fit(drawn)):
            shown = [message.text, *mrkdwn_in(message.blocks)]
            assert [found for text in shown for found in alive(text)] == []
            if builder != "cards":  # the playbook's own lines may be formatted
                assert not any(FORMATS.search(text) for text in mrkdwn_in(message.blocks))


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize("typed", NASTY)
def test_what_is_typed_is_escaped_once_and_reads_as_it_was_typed(builder: str, typed: str) -> None:
    """Drawn with a harmless word in its place, a message differs by that word alone, once it is read."""
    flat = " ".join(typed.split())

    def read(text: str) -> str:
        return plain(OURS.sub("@", text)).replace("\u200b", "")

    for nasty, harmless in zip(BUILDERS[builder](typed), BUILDERS[builder](WORDS), strict=True):
        for mine, other in zip(mrkdwn_in(nasty.blocks), mrkdwn_in(harmless.blocks), strict=True):
            assert " ".join(read(mine).split()) == " ".join(read(other).replace(WORDS, flat).split())
        texts = read(nasty.text), read(harmless.text).replace(WORDS, flat)
        assert " ".join(texts[0].split()) == " ".join(texts[1].split())


@pytest.mark.parametrize("typed", NASTY)
def test_a_window_holds_no_markup_that_is_typed(typed: str) -> None:
    one = follow_up(typed, FollowUpState.WAITING, typed)
    form = forms.save_window(DUE, owner="U0MIA", channel="C0DEALS", customer=typed, text=typed, about={})
    windows = [
        form,
        forms.snooze_window(one, DUE, {}),
        forms.reassign_window(one, {}),
        forms.saved_window(one),
    ]
    escalated = case(typed, CaseState.OPEN, None)
    windows += [
        case_windows.escalate_window(typed, typed, {}),
        case_windows.resolve_window(escalated),
        case_windows.customer_window(escalated, [typed]),
        case_windows.time_window(escalated, NOW, ZONE),
    ]

    for window in windows:
        assert [found for text in mrkdwn_in(window["blocks"]) for found in alive(text)] == []


CALLS = ("<!channel>", "<!here>", "<!everyone>", "<!channel|x>", "<!here|here>", "<!subteam^S0MANAGERS|@managers>")


@pytest.mark.parametrize("call", CALLS)
def test_no_message_or_window_calls_a_channel_whoever_forgot_to_quote(call: str) -> None:
    date = moment(NOW)
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"{call} {date}"}}
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": call}]}
    small = {"type": "context", "elements": [{"type": "mrkdwn", "text": f"<@U0MIA> {call}"}]}
    blocks = (section, fields, small)

    message, window = fit(Message(f"{call} {date}", blocks)), fit_window({"type": "modal", "blocks": list(blocks)})

    for shown in (message.blocks, window["blocks"]):
        texts = list(mrkdwn_in(shown))
        assert [found for text in texts for found in alive(text)] == []
        assert date in texts[0]
        assert texts[1] == call.replace("<!", "&lt;!")
        assert "<@U0MIA>" in texts[2]
    assert alive(message.text) == []
    assert date in message.text


def test_a_late_or_repeated_sentence_is_escaped_once_and_its_mentions_stay_mentions() -> None:
    told = sentence(f"Nobody has answered about {escaped('<R&D>')}. Asked: <@U0OMAR>.")

    for late in (
        composed([delivery(told, NOW - timedelta(hours=1))], NOW),
        composed([delivery(told, NOW, f"{UNREADABLE}missing_scope")], NOW),
        composed([delivery(told), delivery(told)], NOW),
    ):
        shown = "\n".join(mrkdwn_in(late.blocks))
        assert "Nobody has answered about &lt;R&amp;D&gt;. Asked: <@U0OMAR>." in shown
        assert "&amp;lt;" not in shown

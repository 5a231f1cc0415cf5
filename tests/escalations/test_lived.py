"""A case as people live it: what a page says, who takes it and how, what joins it, how it ends and goes on."""

from datetime import timedelta

import pytest

from bot.errors import UserError
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.model import CaseState
from bot.escalations.page_context import Cards
from bot.escalations.policy import Step
from bot.escalations.wording import CardRef
from bot.slack.block_kit import Message
from tests.escalations.case_desk import OUTAGE, Desk

NORDWIND = (
    "Nordwind: Ms Lang just told me they will cancel if the import isn't fixed by tomorrow. 120k a year, and we "
    "already missed two dates. Can you call her today?"
)


def lines(message: Message) -> str:
    """All that stands in a message, a line each."""
    found = []
    for block in message.blocks:
        texts = [block.get("text"), *block.get("elements", ())]
        found += [str(one.get("text")) for one in texts if isinstance(one, dict) and isinstance(one.get("text"), str)]
    return "\n".join(found)


def labels(message: Message) -> list[str]:
    """What stands on its buttons."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [(one.get("text") or one["placeholder"])["text"] for row in rows for one in row]


# the page


def test_a_page_says_who_what_how_much_by_when_what_is_asked_and_who_is_next(desk: Desk) -> None:
    ts = desk.say(NORDWIND)
    page = lines(desk.page())

    assert page.startswith("Nordwind needs you · 120k a year · by tomorrow")
    assert "cancel if the import isn't fixed by tomorrow" in page
    assert "*" in page.split("> ")[1]
    assert "Can you call her today?" in page
    assert f"p{ts}|Open the thread" in page
    assert "<@U9>" in page
    assert "Next, if nobody takes it: you again" in page
    assert "then <@U2>" in page
    assert labels(desk.page())[-3:] == ["I have it", "Pass it on", "Not needed"]


def test_the_words_that_count_stand_in_bold_within_their_whole_message(desk: Desk) -> None:
    desk.say("Stellar <&> Co: they asked for our boss twice. I want to speak to your manager, he said. Thanks")
    page = lines(desk.page())
    assert "&lt;&amp;&gt;" in page
    quoted = next(line for line in page.splitlines() if line.startswith("> "))
    assert quoted.count("*") == 2
    assert "Thanks" in quoted


def test_a_second_page_says_that_it_is_one_and_what_happened_since(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.arrive()
    desk.clock.advance(minutes=2)
    desk.say("I am in a meeting until noon", thread=ts)
    desk.pass_time(9)

    page = desk.page()
    assert page.text.startswith("Asked again (second time)")
    assert "second time. Since then: <@U9>: “I am in a meeting until noon”" in lines(page)


def test_a_page_says_who_had_it_before_and_let_it_lapse(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.arrive()
    desk.paging.fire_due(desk.clock.now())
    desk.cases.acknowledge(1, "U1")
    desk.pass_time(31)
    assert "Before: <@U1> took it and let the time pass" in lines(desk.page("U2"))


def test_the_page_of_a_private_channel_names_nobody_who_was_named_only_there(desk: Desk) -> None:
    desk.say("Zephyr Holding: they will take their business elsewhere, 90k a year", channel="G1")
    (draft,) = [one.draft for one in desk.outbox.about("E1") if one.draft.kind == "page"]
    assert draft.withheld is not None
    withheld = draft.withheld.text + lines(draft.withheld)
    for secret in ("Zephyr", "elsewhere,", "90k", "archives"):
        assert secret not in withheld
    assert "A customer needs you" in withheld


def test_the_cards_of_the_criterion_are_buttons(desk: Desk) -> None:
    desk.find("escalate-in-time", "Escalate in time")
    desk.say(OUTAGE)
    assert "Escalate in time" in labels(desk.page())


# reached or not


def test_was_paged_is_said_only_once_it_has_arrived(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.paging.fire_due(desk.clock.now())
    assert "paging <@U1>" in lines(desk.ledger())

    desk.arrive()
    desk.paging.fire_due(desk.clock.now())
    assert "<@U1> was paged" in lines(desk.ledger())


def test_somebody_who_cannot_be_reached_is_passed_over_at_once_and_it_is_said(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.lose("U1")

    assert desk.pages() == ["U1", "U2", "U3"]
    assert (
        "<@U9>: <@U1> could not be reached (that person has left this workspace). Paging <@U2> and <@U3>."
        in desk.told()
    )


def test_nobody_can_be_reached_is_said_at_once(desk: Desk) -> None:
    desk.chain.steps = (Step(("U1",), timedelta(minutes=10)),)
    desk.say(OUTAGE)
    desk.lose("U1")

    assert desk.cases.get(1).state is CaseState.UNANSWERED
    assert [one for one in desk.told() if "Nobody could be reached" in one]


def test_one_of_two_in_a_step_that_can_be_reached_is_enough(desk: Desk) -> None:
    desk.chain.steps = (Step(("U1", "U2"), timedelta(minutes=10)), Step(("U3",), timedelta(minutes=10)))
    desk.say(OUTAGE)
    desk.arrive_for("U2")
    desk.lose("U1")
    assert desk.pages() == ["U1", "U2"]
    desk.pass_time(11)
    assert desk.pages() == ["U1", "U2", "U2"]


# who takes it


@pytest.mark.parametrize("words", ["I have it", "mine", "ok, I'll take this", "lo tengo", "I've got this one 👍"])
def test_who_writes_that_they_have_it_has_it(desk: Desk, words: str) -> None:
    ts = desk.say(OUTAGE)
    desk.clock.advance(seconds=5)
    desk.writes(words, thread=ts, by="U1")
    case = desk.cases.get(1)
    assert (case.state, case.taken_by) == (CaseState.ACKNOWLEDGED, "U1")
    assert len([one for one in desk.told() if one.startswith("<@U9>: <@U1> has")]) == 1


def test_somebody_else_can_be_named_and_another_after_that(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.clock.advance(seconds=5)
    desk.writes("@U7 takes it", thread=ts, by="U1")
    assert desk.cases.get(1).taken_by == "U7"
    desk.clock.advance(seconds=30)
    desk.writes("no, @U8 please take this", thread=ts, by="U1")
    desk.writes("@U8 please take this", thread=ts, by="U1")
    assert desk.cases.get(1).taken_by == "U8"


def test_who_may_not_take_it_while_others_are_asked_is_told_why(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.clock.advance(seconds=5)
    desk.writes("I have it", thread=ts, by="U6")
    assert desk.cases.get(1).state is CaseState.PAGING
    assert [one for one in desk.told() if one.startswith("Only who is being asked")]


def test_when_nobody_answered_anybody_may_take_it(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    for _ in range(5):
        desk.pass_time(11)
    assert desk.cases.get(1).state is CaseState.UNANSWERED
    desk.writes("I have it", thread=ts, by="U6")
    assert desk.cases.get(1).taken_by == "U6"
    desk.closing.resolve(1, "solved", "lapse", "U6", line="called them")


def test_a_new_time_changes_the_line_and_says_nothing_more(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.cases.acknowledge(1, "U1")
    desk.clock.advance(minutes=1)
    desk.cases.acknowledge(1, "U1", until=desk.clock.now() + timedelta(hours=1))
    assert len([one for one in desk.told() if "has" in one]) == 1


def test_who_passes_it_on_may_choose_to_whom_and_is_not_asked_again(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.arrive()
    desk.cases.pass_to(1, "U1", "U7")
    assert desk.pages() == ["U1", "U7"]
    assert "<@U9>: <@U1> passed Acme (E1) to <@U7>. The page is on its way." in desk.told()
    desk.pass_time(11)
    desk.pass_time(11)
    assert desk.pages() == ["U1", "U7", "U7", "U2", "U3"]
    with pytest.raises(UserError, match="That is you"):
        desk.cases.pass_to(1, "U2", "U2")


def test_page_now_does_not_ask_whom_just_passed_it_on(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.cases.pass_on(1, "U1")
    desk.clock.advance(minutes=1)
    desk.cases.pass_on(1, "U2")
    assert desk.cases.get(1).state is CaseState.UNANSWERED
    assert [one for one in desk.told() if "is the last in the chain. Who takes it?" in one]
    desk.clock.advance(minutes=11)

    desk.cases.page_now(1, "U9")

    assert desk.pages() == ["U1", "U2", "U3", "U3"]


def test_a_manager_who_escalates_is_not_paged_himself(desk: Desk) -> None:
    desk.intake.begin("Acme", "they left", "C5", "100.1", "U1")
    assert desk.pages() == ["U2", "U3"]


# one case for a customer


def test_a_second_sign_joins_the_open_case_out_loud_and_pages_nobody_twice(desk: Desk) -> None:
    first = desk.say(NORDWIND)
    desk.arrive()
    second = desk.say("Nordwind: now they threaten to leave for a competitor, in writing")

    assert desk.pages() == ["U1"]
    (joined,) = [one for one in desk.told() if "has an open case already" in one]
    assert f"p{first}|Open it" in joined
    desk.say("Nordwind: their lawyer has sent a formal notice, too", thread=second)
    assert [one.criterion for one in desk.cases.get(1).met][-1] == "legal-or-public"
    assert len([one for one in desk.told() if "has an open case already" in one]) == 1


def test_when_it_is_closed_what_was_said_in_the_other_thread_counts_no_more(desk: Desk) -> None:
    desk.say(NORDWIND)
    second = desk.say("Nordwind: now they threaten to leave for a competitor, in writing")
    desk.closing.resolve(1, "solved", "defect", "U1")
    desk.clock.advance(minutes=1)
    desk.say("thanks everybody", thread=second)
    with pytest.raises(UserError, match="There is no E2"):
        desk.cases.get(2)
    desk.say("Nordwind: their lawyer has sent a formal notice", thread=second)
    assert desk.cases.get(2).customer == "Nordwind"


def test_escalating_a_customer_twice_is_one_case_with_the_words_in_its_thread(desk: Desk) -> None:
    desk.intake.begin("Kupfer AG", "they left", "C5", "100.1", "U9")
    case, was_open = desk.intake.begin("KUPFER AG", "and now they call a lawyer", "C5", None, "U8")
    assert (case.number, was_open, desk.pages()) == (1, True, ["U1"])
    assert "<@U8> escalated Kupfer AG (E1) again: and now they call a lawyer" in desk.told()


def test_a_case_of_a_private_channel_is_joined_from_nowhere_else(desk: Desk) -> None:
    desk.readers.private = {"G1"}
    desk.say(NORDWIND, channel="G1")
    desk.say(NORDWIND)
    assert desk.cases.get(2).channel == "C1"
    assert not [one for one in desk.told("E1") if "open case already" in one]


# apps, forms


def test_the_form_of_an_app_is_read_once_a_person_has_replied(desk: Desk) -> None:
    form = "New escalation. Customer: Acme. What happened: they will take their business elsewhere"
    desk.intake.said("C1", None, Utterance("B1", Role.BOT, form, "1764000000.000100"))
    assert desk.pages() == []
    desk.say("what do we know?", thread="1764000000.000100", by="U9")
    assert desk.pages() == ["U1"]
    assert (desk.cases.get(1).customer, desk.cases.get(1).owner) == ("Acme", "U9")


def test_what_an_app_posts_alone_pages_nobody(desk: Desk) -> None:
    for number in range(3):
        desk.intake.said("C1", None, Utterance("B1", Role.BOT, OUTAGE, f"176400000{number}.000100"))
    assert desk.pages() == []


# its end


def test_not_needed_closes_it_in_one_tap_and_why_may_be_said_afterwards(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.closing.not_needed(1, "U1")
    assert desk.cases.get(1).state is CaseState.CLOSED
    desk.closing.explain(1, "joke", "U1")
    assert desk.cases.get(1).outcome == "not needed (joke)"
    assert desk.told() == ["<@U9>: <@U1> closed Acme (E1) as not needed. *Reopen* above, if it is."]
    with pytest.raises(UserError, match="not closed as not needed by you"):
        desk.closing.explain(1, "joke", "U2")


def test_back_with_the_rep_stays_open_and_asks_nobody(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.arrive()
    desk.cases.acknowledge(1, "U1")
    desk.closing.resolve(1, "back with the rep", None, "U1", line="offered a refund")
    case = desk.cases.get(1)
    assert (case.state, case.owner, case.taken_by) == (CaseState.OPEN, "U9", None)
    assert "<@U9>: <@U1> hands Acme (E1) back to you. offered a refund" in desk.told()
    desk.pass_time(60)
    assert desk.pages() == ["U1"]


def test_to_another_rep_needs_to_know_whom(desk: Desk) -> None:
    desk.say(OUTAGE)
    with pytest.raises(UserError, match="Which rep"):
        desk.closing.resolve(1, "to another rep", None, "U1")
    desk.closing.resolve(1, "to another rep", None, "U1", to="U8")
    assert desk.cases.get(1).owner == "U8"


def test_a_closed_case_can_be_reopened_for_fourteen_days(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.closing.resolve(1, "solved", "defect", "U1", line="fixed")
    desk.clock.advance(days=13)
    desk.closing.reopen(1, "U9")
    assert desk.cases.get(1).is_open
    desk.closing.resolve(1, "solved", "defect", "U1")
    assert len([one for one in desk.told() if "Solved by <@U1>" in one]) == 2
    desk.clock.advance(days=15)
    with pytest.raises(UserError, match="more than 14 days ago"):
        desk.closing.reopen(1, "U9")


def test_six_lines_from_first_sign_to_resolved_with_one_lapse(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.arrive()
    desk.cases.acknowledge(1, "U1")
    desk.pass_time(31)
    desk.arrive()
    desk.paging.fire_due(desk.clock.now())
    desk.cases.acknowledge(1, "U2")
    desk.closing.resolve(1, "solved", "defect", "U2", line="fixed")
    said = [one.draft.message.text for one in desk.outbox.about("E1") if one.draft.kind != "page"]
    assert len(said) <= 6
    assert len(said) == 5, said  # the ledger, taken, lapsed, taken, resolved


def test_a_language_that_cannot_be_read_is_said_once_in_a_channel_and_week(desk: Desk) -> None:
    words = "Az ügyfél azt mondja, hogy holnap másik céghez megy, mert nem működik semmi, és senki nem hívja vissza"
    for number in range(3):
        desk.say(f"{words} {number}")
    told = desk.database.rows("SELECT body FROM outbox WHERE kind = 'language'")
    assert len(told) == 1
    assert "English" in told[0]["body"]


def test_twelve_signs_of_five_customers_are_few_messages_to_the_manager(desk: Desk) -> None:
    customers = ("Acme", "Borealis", "Initech", "Nordwind", "Stellar")
    signs = [customers[number % 5] for number in range(12)]
    for number, customer in enumerate(signs):
        desk.say(f"{customer}: they will take their business elsewhere over the outage, they say once more")
        desk.arrive()
        case = f"E{len(desk.cases.listed('all', 'U1', 'C1', in_public=True).items)}"
        if number == 4:
            desk.pass_time(10)  # once nobody answers, and all five are asked again
        desk.clock.advance(minutes=1)
    for one in desk.cases.listed("all", "U1", "C1", in_public=True).items:
        desk.cases.acknowledge(one.number, "U1")
    assert case == "E5"
    direct = desk.database.rows("SELECT 1 FROM outbox WHERE recipient = 'U1' AND state <> 'withdrawn'")
    assert len(direct) <= 14


# found by trying to break it


@pytest.mark.parametrize("how", ["handed back", "reopened", "not needed and reopened"])
def test_the_same_said_anew_after_somebody_dealt_with_it_pages_anew(desk: Desk, how: str) -> None:
    ts = desk.say(OUTAGE)
    desk.arrive()
    if how == "handed back":
        desk.closing.resolve(1, "back with the rep", None, "U1")
    elif how == "reopened":
        desk.closing.resolve(1, "solved", "defect", "U1")
        desk.closing.reopen(1, "U9")
    else:
        desk.closing.not_needed(1, "U1")
        desk.closing.reopen(1, "U9")
    desk.clock.advance(days=1)
    desk.say("still at lunch, back at two", thread=ts)
    assert desk.pages() == ["U1"]
    desk.say("Acme says again that they will take their business elsewhere", thread=ts)
    assert desk.pages() == ["U1", "U1"]


def test_a_second_sign_after_nobody_answered_asks_the_chain_anew(desk: Desk) -> None:
    desk.say(OUTAGE)
    for _ in range(5):
        desk.pass_time(11)
    asked = len(desk.pages())
    desk.clock.advance(days=1)
    desk.say("Acme: they have put in writing that they will take their business elsewhere")
    assert len(desk.pages()) == asked + 1


def test_a_late_press_of_pass_it_on_stops_nobody_who_is_being_asked(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.pass_time(10)
    desk.pass_time(10)
    assert desk.pages() == ["U1", "U1", "U2", "U3"]
    desk.clock.advance(minutes=1)
    desk.cases.pass_on(1, "U1")
    assert desk.cases.get(1).state is CaseState.PAGING
    assert not [one for one in desk.told() if "is the last in the chain" in one]


def test_who_took_it_and_passes_it_on_has_not_let_it_lapse(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.arrive()
    desk.paging.fire_due(desk.clock.now())
    desk.cases.acknowledge(1, "U1")
    desk.clock.advance(minutes=2)
    desk.cases.pass_on(1, "U1")
    assert not [one for one in desk.told() if "has not posted" in one]


def test_a_page_that_was_not_needed_any_more_leaves_nobody_out(desk: Desk) -> None:
    desk.say(OUTAGE)
    desk.database.execute("UPDATE outbox SET trouble = 'ratelimited' WHERE kind = 'page'")
    desk.cases.acknowledge(1, "U2")
    desk.paging.fire_due(desk.clock.now())
    assert desk.cases.story(1).pages[0].trouble == "withdrawn"
    assert "U1" not in desk.left_out(1)


def test_escalating_in_another_thread_lets_that_thread_join(desk: Desk) -> None:
    desk.intake.begin("Acme", "they left", "C5", "100.1", "U9")
    desk.clock.advance(minutes=1)
    desk.intake.begin("Acme", "worse here", "C5", "200.1", "U8")
    desk.clock.advance(minutes=1)
    desk.say("their lawyer says they will sue us", thread="200.1", channel="C5")
    assert "legal-or-public" in [one.criterion for one in desk.cases.get(1).met]


def test_a_thread_that_only_a_card_fits_begins_no_second_case_of_a_customer(desk: Desk) -> None:
    desk.say(NORDWIND)
    desk.found = Cards((CardRef("stay-calm", "Stay calm"),), sure=True)
    desk.say("Nordwind: renewal paperwork sent, call booked for noon")
    with pytest.raises(UserError, match="There is no E2"):
        desk.cases.get(2)


def test_a_customer_who_is_named_later_is_taken_up(desk: Desk) -> None:
    ts = desk.say("they will take their business elsewhere, he said so twice")
    assert desk.cases.get(1).customer is None
    desk.say("Customer Pinecrest is furious", thread=ts)
    assert desk.cases.get(1).customer == "Pinecrest"


def test_on_it_in_passing_by_the_rep_silences_no_manager(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.clock.advance(seconds=5)
    desk.writes("ok, on it", thread=ts, by="U9")
    assert desk.cases.get(1).state is CaseState.PAGING
    desk.writes("on it", thread=ts, by="U1")
    assert desk.cases.get(1).taken_by == "U1"


def test_who_writes_it_in_a_joined_thread_is_answered_there(desk: Desk) -> None:
    desk.say(NORDWIND)
    second = desk.say("Nordwind: now they threaten to leave for a competitor, in writing")
    desk.clock.advance(seconds=5)
    desk.writes("I have it", thread=second, by="U1")
    drafts = [one.draft for one in desk.outbox.about("E1") if "<@U1> has Nordwind" in one.draft.message.text]
    assert second in [one.thread_ts for one in drafts]


def test_not_needed_with_something_else_left_says_what_stays(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.say("and now their lawyer has sent a formal notice", thread=ts)
    desk.arrive()
    desk.closing.not_needed(1, "U1")
    page = desk.drawn_page("U1")
    assert "The case stays open: Legal or public" in lines(page)
    assert labels(page) == ["Joke", "Settled", "Not ours", "Too soon", "Other"]


def test_what_was_said_in_a_channel_that_became_private_is_quoted_no_more(desk: Desk) -> None:
    desk.say(NORDWIND)
    desk.say("Nordwind: their lawyer will sue us over the zebrafish", channel="C2")
    desk.arrive()
    assert "legal-or-public" in [one.criterion for one in desk.cases.get(1).met]
    assert "zebrafish" not in str(desk.ledger().blocks)  # nothing is asked of Slack for it
    assert "zebrafish" in lines(desk.drawn_page("U1"))
    shown = desk.drawn_page("U1", readable={"C1"})
    assert "zebrafish" not in lines(shown)
    assert "zebrafish" not in str([one.detail for one in desk.cases.story(1).entries])


def test_who_has_it_and_answered_before_they_said_how_long_has_answered(desk: Desk) -> None:
    ts = desk.say(OUTAGE)
    desk.arrive()
    desk.cases.acknowledge(1, "U1")
    desk.clock.advance(minutes=1)
    desk.say("rang them, all calm", thread=ts, by="U1")
    desk.clock.advance(minutes=1)
    desk.cases.acknowledge(1, "U1", until=desk.clock.now() + timedelta(hours=1))
    desk.pass_time(61)
    assert desk.cases.get(1).state is CaseState.ACKNOWLEDGED


def test_a_page_says_until_when_they_decide_and_takes_a_word_before_a_question_mark_for_no_request(desk: Desk) -> None:
    desk.say("Orrin & Sons quote again? They want to cancel the contract over the outage. Their decision is at 4pm")
    page = lines(desk.page())
    assert "decision is at 4pm" in page
    assert "Asked of you" not in page

"""The shipped criteria: what pages, what keeps quiet, and the words that are shown for it."""

import pytest

from bot.config import shipped_playbooks
from bot.escalations.detection.classifier import Classifier
from bot.escalations.detection.criteria import Criteria, Detection
from bot.escalations.detection.money import amounts
from bot.escalations.detection.sentences import Role, Utterance
from bot.escalations.playbook import example, load
from bot.escalations.playbook import read as read_file

PAGES = [
    ("rep: she insists on talking to our VP and nobody else", "asks-for-manager"),
    ("rep: Initech told me they will take their business elsewhere", "threatens-to-leave"),
    ("customer: You are all a bunch of crooks", "abusive"),
    ("customer: I am beyond furious.", "emotionally-charged"),
    ("rep: they want changes to the indemnity cap, way above my pay grade", "too-complex"),
    ("customer: You said it was fixed. It is not.", "unresolved-repeat"),
    ("customer: Your outage cost us our biggest client.", "business-loss"),
    ("rep: gave them a free quarter and now they demand custom reports too", "unreasonable-demands"),
    ("customer: You promised the report by Friday. It never came.", "broken-promise"),
    ("customer: I look like a fool in front of my board because of this.", "reputation-at-stake"),
    ("customer: I will report you to the ombudsman.", "legal-or-public"),
    ("colleague: did they ask for a manager? / rep: yes", "asks-for-manager"),
]
QUIET = {
    "negated": "rep: she did not threaten to cancel",
    "settled later": "rep: they will take their business elsewhere / rep: all sorted, they are happy again",
    "asked": "colleague: did they ask for a manager? / rep: no",
    "hypothetical": "manager: if the customer threatens to leave, bring me in",
    "code": "rep: `they will cancel the contract`",
    "log": "rep: 2026-11-24 09:00 ERROR they will cancel the contract",
    "joke": "colleague: you're fired, idiot :P",
    "bot": "bot: they will cancel the contract",
    "taken back": "rep: they will cancel the contract / rep: nvm, wrong customer",
    "turned round": "rep: they're cancelling / rep: the Monday standup, not the contract",
    "another company": "rep: at my last company a client took us to court",
    "routine": "rep: can you cancel my 2pm? dentist",
    "good news": "rep: SIGNED! Pinecrest, 96k, three years",
    "one weak word": "customer: I am a little disappointed.",
}


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return load(shipped_playbooks()).criteria


def read(criteria: Criteria, text: str) -> Detection:
    return criteria.read(example(text))


@pytest.mark.parametrize(("text", "criterion"), PAGES)
def test_a_criterion_pages_and_shows_its_words_as_they_were_typed(
    criteria: Criteria, text: str, criterion: str
) -> None:
    reading = read(criteria, text)
    finding = reading.of(criterion)
    assert reading.page
    assert finding is not None
    assert finding.evidence in example(text)[finding.message].text


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_it_keeps_quiet(criteria: Criteria, text: str) -> None:
    assert not read(criteria, text).page


def test_a_large_amount_counts_only_where_something_is_wrong(criteria: Criteria) -> None:
    assert read(criteria, "rep: Castor, 2 million over three years, all fine").of("high-value") is None
    assert read(criteria, "rep: Castor ($75,000 ARR) will take their business elsewhere").of("high-value") is not None
    assert read(criteria, "rep: Castor ($7,500 ARR) will take their business elsewhere").of("high-value") is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$75,000 ARR", 75_000), ("a 300k account", 300_000), ("2 million over three years", 2e6),
        ("€1.2m", 1.2e6), ("CHF 85,000", 85_000), ("12k EUR", 12_000),
    ],
)  # fmt: skip
def test_amounts_of_money_are_read(text: str, amount: float) -> None:
    assert [found for _, found in amounts(text)] == [amount]


def test_numbers_that_are_no_money_are_not(criteria: Criteria) -> None:
    assert amounts("100k API calls a day, ticket 8831, 24/7") == []


def test_what_was_learnt_pages_where_no_frame_is_and_shows_a_sentence_as_it_was_typed(criteria: Criteria) -> None:
    said = "Acme's CFO told me we have till Friday,  then the whole thing gets ripped out and handed to Gantry"
    alone = Criteria(criteria.all, [], None, Classifier())
    reading = alone.read([Utterance("mia", Role.REP, said)])
    assert reading.page
    assert reading.findings[0].evidence in said
    assert not Criteria(criteria.all, [], None).read([Utterance("mia", Role.REP, said)]).page


def test_what_was_learnt_doubts_a_frame_where_all_the_rest_speaks_against_it(criteria: Criteria) -> None:
    thread = [Utterance("mia", Role.REP, "the gym wants to cancel my membership")]
    assert Criteria(criteria.all, criteria.rules).read(thread).page
    assert not criteria.read(thread).page


def test_a_criterion_of_the_teams_own_is_never_doubted() -> None:
    own = """
criteria:
  - id: stapler
    means: A stapler is missing
    urgent: false
    frames:
      anyone:
        - "stapler .. (gone|missing)"
    must_match:
      - "rep: the good stapler is gone"
"""
    assert read_file(own).criteria.read([Utterance("mia", Role.REP, "my stapler is missing")]).page


def test_a_long_thread_does_not_drown_the_message_that_matters(criteria: Criteria) -> None:
    small = [Utterance("mia", Role.REP, f"note {number}: the invoice of that month went out") for number in range(30)]
    thread = [*small, Utterance("mia", Role.REP, "Acme wants to cancel and move to a competitor"), *small]
    assert criteria.read(thread).of("threatens-to-leave") is not None
    assert criteria.read(thread).page

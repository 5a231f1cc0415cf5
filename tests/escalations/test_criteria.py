"""The shipped criteria: what pages, what keeps quiet, and the words that are shown for it."""

import pytest

from bot.config import shipped_playbooks
from bot.escalations.detection.criteria import Criteria, Detection
from bot.escalations.detection.money import amounts
from bot.escalations.detection.rules import Sensitivity
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


def without(text: str, *lines: str) -> Criteria:
    """The shipped criteria, with *lines* put under the first criterion of a file that has *text*."""
    shipped = (shipped_playbooks() / "escalation.yaml").read_text(encoding="utf-8")
    return read_file(shipped.replace(text, "\n".join([text, *lines]), 1), trying=False).criteria


def test_what_was_learnt_pages_where_no_phrase_is_and_shows_the_whole_clause_as_it_was_typed(
    criteria: Criteria,
) -> None:
    said = "Acme's CFO told me we have till Friday,  then the whole thing gets ripped out and handed to Gantry"
    reading = criteria.read([Utterance("mia", Role.REP, said)])
    assert reading.page
    assert reading.findings[0].evidence in said
    assert len(reading.findings[0].evidence.split()) >= 8


def test_a_page_that_was_learnt_says_why_in_words(criteria: Criteria) -> None:
    thread = [Utterance("jo", Role.CUSTOMER, "I have called you four times about this invoice and nobody calls back.")]
    reading = criteria.read(thread)
    reasons = criteria.why(thread, reading.findings[0])
    assert len(reasons) == 3
    assert all("“" in one for one in reasons)


def test_a_phrase_of_the_teams_own_wins_over_what_was_learnt() -> None:
    calm = "customer: The teapot is on the table."
    taught = without("    urgent: true", "    always:", '      - "teapot .. table"')
    assert not load(shipped_playbooks()).criteria.read(example(calm)).page
    assert taught.read(example(calm)).page
    assert taught.read(example(calm)).findings[0].evidence == "teapot is on the table"


def test_a_sentence_with_a_phrase_under_unless_shows_nothing(criteria: Criteria) -> None:
    loud = "customer: I want to speak to a manager."
    quiet = without("    unless:", '      - "speak to a manager"')
    assert criteria.read(example(loud)).of("asks-for-manager") is not None
    assert quiet.read(example(loud)).of("asks-for-manager") is None


def test_strict_pages_no_more_than_usual(criteria: Criteria) -> None:
    strict = Criteria(criteria.all, criteria.rules, None, load(shipped_playbooks()).criteria.learnt, Sensitivity.STRICT)
    texts = [text for text, _ in PAGES]
    paged = [one for one in texts if strict.read(example(one)).page]
    assert paged
    assert set(paged) <= {one for one in texts if criteria.read(example(one)).page}


@pytest.mark.parametrize(
    "around",
    [
        "{}\n\nThank you for your time.\nKind regards\nJo Roe",
        "Hi all,\n\nthanks for the call on Tuesday. {} Please confirm.",
        "1. {}\n2. The invoice for May is missing.",
        "```\n{}\n```",
        "{} - happy friday all",
        "{}\nany ideas?",
    ],
)
def test_what_stands_around_the_point_does_not_cancel_it(criteria: Criteria, around: str) -> None:
    thread = [Utterance("jo", Role.CUSTOMER, around.format("We have decided to cancel our contract."))]
    assert criteria.read(thread).of("threatens-to-leave") is not None


def test_the_evidence_of_a_pasted_mail_is_of_the_mail_alone(criteria: Criteria) -> None:
    pasted = "Mail from Borealis: ```Dear team, we have decided to cancel our contract. Kind regards, Jo```"
    finding = criteria.read([Utterance("mia", Role.REP, pasted)]).of("threatens-to-leave")
    assert finding is not None
    assert finding.evidence == "Dear team, we have decided to cancel our contract"


def test_the_middle_of_a_very_long_mail_counts(criteria: Criteria) -> None:
    calm = "The export screens were shown to the team. Finance looked at the dashboard with us. " * 60
    said = f"{calm} We will not renew the contract in June. {calm}"
    assert criteria.read([Utterance("jo", Role.CUSTOMER, said)]).of("threatens-to-leave") is not None


def test_a_swamped_rep_is_told_of_and_pages_nobody(criteria: Criteria) -> None:
    said = "I can't sleep any more, I am afraid of the call with Acme tomorrow and I don't know how to go on"
    reading = criteria.read([Utterance("mia", Role.REP, said)])
    assert not reading.page
    assert reading.of("rep-overwhelmed") is not None


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("Hiermit kündigen wir den Vertrag zum Jahresende.", "threatens-to-leave"),
        ("Ich möchte mit Ihrem Vorgesetzten sprechen.", "asks-for-manager"),
        ("Wir schalten jetzt unseren Anwalt ein.", "legal-or-public"),
        ("Queremos cancelar el contrato.", "threatens-to-leave"),
        ("Quiero hablar con su jefe ahora mismo.", "asks-for-manager"),
        ("Nuestro abogado se pondrá en contacto con ustedes.", "legal-or-public"),
    ],
)
def test_plain_threats_are_heard_in_german_and_spanish(criteria: Criteria, text: str, criterion: str) -> None:
    assert criteria.read([Utterance("jo", Role.CUSTOMER, text)]).of(criterion) is not None


def test_what_cannot_be_read_is_known(criteria: Criteria) -> None:
    polish = "Chcemy rozwiązać umowę i porozmawiać z kierownikiem, ponieważ nikt nam nie odpowiada od tygodni"
    thread = [
        Utterance("jo", Role.CUSTOMER, "The invoice has arrived, thank you."),
        Utterance("jo", Role.CUSTOMER, polish),
    ]
    assert criteria.read(thread).unread == (1,)


def test_each_criterion_names_cards_that_there_are(criteria: Criteria) -> None:
    there = {path.stem for path in (shipped_playbooks() / "tactics").glob("*.md")}
    for one in criteria.all:
        assert one.rep_cards, one.id
        assert {*one.rep_cards, *one.manager_cards} <= there, one.id
    assert criteria.cards(["asks-for-manager", "high-value"], manager=True) == ("back-your-rep", "keep-tabs")
    assert criteria.cards(["legal-or-public"], manager=True) == ("escalate-in-time",)


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

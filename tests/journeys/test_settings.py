"""`settings` over the wire: what is in force and where it comes from, what a change came to, who may change it."""

import json
from collections.abc import Sequence

import pytest

from bot.app import Application
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.conftest import Build
from tests.journeys.test_escalations import CHAIN

LANGUAGES = (
    "I read escalations in English, and in plain cases in German and Spanish. Anything else: `/toughcustomer escalate`."
)
FIRST, NEXT, LAST = "Page first", "Page next, if nobody answers", "Page last, if nobody answers"


@pytest.fixture(params=["socket"])
def transport(request: pytest.FixtureRequest) -> str:
    """One way in is enough here: the other journeys go both."""
    return str(request.param)


@pytest.fixture
def environment() -> dict[str, object]:
    """The settings of the environment; a test may bring others."""
    return CHAIN


@pytest.fixture(autouse=True)
def bot(build: Build, environment: dict[str, object]) -> Application:
    return build(**environment)


@pytest.fixture
def ada(workspace: Workspace) -> Person:
    """The admin, in #deals."""
    return Person(workspace, "ada").goes_to("#deals")


def opens(ada: Person, where: str = "#deals") -> str:
    """Ada opens the settings in a channel; what she reads."""
    ada.goes_to(where).says("/toughcustomer settings")
    ada.sees("The settings are open in a window.")
    return ada.sees_window("Escalation channels")


def stored(bot: Application) -> list[tuple[str, str]]:
    rows = bot.core.database.rows("SELECT name, value FROM settings WHERE value <> 'null' ORDER BY name")
    return [(row["name"], row["value"]) for row in rows]


def test_the_window_says_what_is_in_force_where_it_comes_from_and_which_languages_are_read(ada: Person) -> None:
    shown = opens(ada)
    assert LANGUAGES in shown
    assert "Now from ESCALATION_CHANNELS in the bot's settings." in shown
    assert "Now from MANAGERS in the bot's settings." in shown
    assert shown.count("Now from the file escalation.yaml.") == 3  # wait, hours, high value
    view = ada._window()
    filled = {block["block_id"]: block["element"] for block in view.blocks if block["type"] == "input"}
    assert filled["high_value"]["initial_value"] == "50,000"
    assert filled["wait"]["initial_value"] == "10 minutes"
    assert filled["channels"]["initial_conversations"] == ["C0ESC"]
    assert [filled[f"step_{number}"].get("initial_users") for number in (1, 2, 3)] == [["U0OMAR"], ["U0PRIYA"], None]
    assert not [block for block in view.blocks if "warning" in str(block)]
    hints = {
        str(block["label"]["text"]): str(block.get("hint", {}).get("text", ""))
        for block in view.blocks
        if "label" in block
    }
    assert max(map(len, hints.values())) <= 150
    assert max(map(len, hints)) <= 48


def test_a_change_is_confirmed_line_by_line_and_nothing_else_is_kept(ada: Person, bot: Application) -> None:
    opens(ada)
    ada.fills("If nobody answers, ask again after", "5 min")
    ada.fills(FIRST, ["U0OMAR", "U0JONAS"])
    ada.fills("High value from", "€20k")
    ada.fills("Working hours", "weekdays 9-17")
    ada.submits()

    said = ada.sees_window("Saved", "In force now")

    changed, in_force = said.split("In force now")
    assert "*Page first:* <@U0OMAR> → <@U0OMAR>, <@U0JONAS>" in changed
    assert "*Ask again after:* 10 minutes → 5 minutes" in changed
    assert "*Working hours:* Mon-Fri 08:00-18:00 → Mon-Fri 09:00-17:00" in changed
    assert "*High value from:* 50,000 → 20,000" in changed
    assert "Escalation channels" not in changed
    assert "Page next" not in changed
    assert "*Escalation channels:* <#C0ESC> (from ESCALATION_CHANNELS in the bot's settings)" in in_force
    assert "*Paged:* <@U0OMAR>, <@U0JONAS>, then <@U0PRIYA> (set here)" in in_force
    assert LANGUAGES in in_force
    assert [name for name, _ in stored(bot)] == ["policy"]


def test_a_window_that_is_saved_as_it_is_changes_nothing_and_says_so(ada: Person, bot: Application) -> None:
    opens(ada)
    ada.submits()
    ada.sees_window("Nothing was changed.", "In force now", "<@U0OMAR>, then <@U0PRIYA>")
    assert stored(bot) == []


def test_a_field_that_is_emptied_says_what_holds_instead(ada: Person, bot: Application) -> None:
    opens(ada)
    ada.fills("If nobody answers, ask again after", "1 hour")
    ada.fills("Escalation channels", ["C0ESC", "C0DEALS"])
    ada.submits()
    ada.sees_window("*Escalation channels:* <#C0ESC> → <#C0DEALS>, <#C0ESC>", "10 minutes → 1 hour")
    ada.closes()
    assert "Set here. Empty, it follows the file escalation.yaml." in opens(ada)
    ada.fills("If nobody answers, ask again after", "")
    ada.fills("Escalation channels", [])
    ada.fills(FIRST, [])
    ada.fills(NEXT, [])
    ada.submits()
    ada.sees_window(
        "*Escalation channels:* <#C0DEALS>, <#C0ESC> → <#C0ESC> (from ESCALATION_CHANNELS in the bot's settings)",
        "*Ask again after:* 1 hour → 10 minutes (from the file escalation.yaml)",
        "*People paged:* still <@U0OMAR>, then <@U0PRIYA>, since that is from MANAGERS in the bot's settings",
    )
    assert stored(bot) == []


def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_kept(ada: Person, bot: Application) -> None:
    opens(ada)
    ada.fills("If nobody answers, ask again after", "10")
    ada.fills("Working hours", "Mon-Fri 9-5")
    ada.fills("High value from", "a lot")
    ada.submits()
    ada.sees_window(
        '"10" is no duration', "for minutes write 10 minutes. Nothing was changed.",
        '"Mon-Fri 9-5" could be 09:00-17:00 or, past midnight, 09:00-05:00; write one of them. Nothing was changed.',
        '"a lot" is no amount of money; write an amount such as "50000", "50k" or "€1.5m". Nothing was changed.',
    )  # fmt: skip
    assert stored(bot) == []
    ada.fills("If nobody answers, ask again after", "half an hour")
    ada.fills("Working hours", "Mo-Fr 9-5pm")
    ada.fills("High value from", "50 000")
    ada.submits()
    said = ada.sees_window("Saved", "10 minutes → 30 minutes", "→ Mon-Fri 09:00-17:00")
    assert "*High value from:* 50,000, as before, now set here" in said


@pytest.mark.parametrize("environment", [{"admins": ("U0ADA",)}])
def test_that_nobody_would_be_paged_and_nothing_is_watched_stands_first(ada: Person) -> None:
    shown = opens(ada)
    assert (
        shown.index("Nobody would be paged") < shown.index("No channel is watched") < shown.index("I read escalations")
    )
    ada.fills(FIRST, ["U0OMAR"])
    ada.submits()
    said = ada.sees_window("*Page first:* nobody → <@U0OMAR>", "No channel is watched")
    assert "Nobody would be paged" not in said
    ada.closes()
    opens(ada)
    ada.fills("Escalation channels", ["C0ESC"])
    ada.submits()
    assert "No channel is watched" not in ada.sees_window("*Escalation channels:* none → <#C0ESC>")


@pytest.mark.parametrize("environment", [{**CHAIN, "managers": ("U0STATUS",)}])
def test_people_whom_nobody_can_page_count_as_nobody(ada: Person, bot: Application) -> None:
    bot.core.slack.users.member("U0STATUS")  # a bot
    assert "*Nobody would be paged*, however bad it is" in opens(ada, "#escalations")
    ada.fills("Which channels are the people below for?", "Only this channel")
    ada.fills(FIRST, ["U0OMAR"])
    ada.submits()
    ada.sees_window("*Nobody would be paged* but in channels with people of their own", "*Page first in <#C0ESC>:*")


def test_a_channel_gets_people_of_its_own_and_goes_back_to_those_of_all(ada: Person, bot: Application) -> None:
    opens(ada, "#escalations")
    assert '"Unless a channel has people of its own"' in json.dumps(ada._window().blocks)
    ada.fills("Which channels are the people below for?", "Only this channel")
    ada.fills(FIRST, ["U0JONAS"])
    ada.fills("User groups to page first", "@sales-managers")
    ada.fills(NEXT, [])
    ada.submits()
    said = ada.sees_window(
        "*Page first in <#C0ESC>:* <@U0OMAR> → <@U0JONAS>, @sales-managers",
        "*Page next in <#C0ESC>:* <@U0PRIYA> → nobody",
        "*Paged in <#C0ESC>:* <@U0JONAS>, @sales-managers (set here)",
    )
    assert "*Paged elsewhere:* <@U0OMAR>, then <@U0PRIYA>" in said
    ada.closes()

    opens(ada, "#deals")
    assert '"Unless a channel has people of its own; 1 has"' in json.dumps(ada._window().blocks)
    ada.closes()
    assert "Empty, it follows the people for all channels." in opens(ada, "#escalations")
    ada.fills(FIRST, [])
    ada.fills("User groups to page first", "")
    ada.submits()
    ada.sees_window("*Page first in <#C0ESC>:* <@U0JONAS>, @sales-managers → <@U0OMAR>", "→ <@U0PRIYA>")
    assert stored(bot) == []


PEOPLE = ("U0OMAR", "U0PRIYA", "U0DANA", "U0JONAS")


@pytest.mark.parametrize("environment", [{**CHAIN, "managers": PEOPLE}])
def test_people_for_whom_the_window_has_no_room_are_shown_and_stay(ada: Person) -> None:
    assert "After these: <@U0JONAS>" in opens(ada)
    ada.fills(LAST, ["U0MIA"])
    ada.submits()
    said = ada.sees_window("*Page last:* <@U0DANA> → <@U0MIA>")
    assert "<@U0OMAR>, then <@U0PRIYA>, then <@U0MIA>, then <@U0JONAS> (set here)" in said


def test_who_is_no_admin_reads_what_is_in_force_alone_and_who_can_change_it(mia: Person, bot: Application) -> None:
    mia.goes_to("#deals").says("/toughcustomer settings")
    told = mia.sees("Only admins can change who is paged. That is <@U0ADA>.", "*Escalation channels:* <#C0ESC>")
    assert told.only_you
    assert "*Paged:* <@U0OMAR>, then <@U0PRIYA> (from MANAGERS in the bot's settings)" in told.text
    assert LANGUAGES in told.text

    mia.goes_to("toughcustomer").says("settings")
    mia.sees("Only admins can change", "*Paged:*", where="toughcustomer")


def test_where_everybody_reads_along_and_for_guests_there_is_only_the_refusal(
    mia: Person, workspace: Workspace, bot: Application
) -> None:
    mia.goes_to("#deals").says("@toughcustomer settings")
    assert "U0OMAR" not in mia.sees("Only admins can change who is paged.", where="#deals").text
    gwen = Person(workspace, "gwen").goes_to("#deals")
    gwen.says("/toughcustomer settings")
    assert "U0OMAR" not in gwen.sees("Only admins can change who is paged.").text


@pytest.mark.parametrize("environment", [{"escalation_channels": ("C0ESC", "G0KEY"), "managers": ("U0OMAR",)}])
def test_a_private_channel_is_named_to_its_members_alone(mia: Person, workspace: Workspace, bot: Application) -> None:
    mia.goes_to("#deals").says("/toughcustomer settings")
    mia.sees("<#C0ESC>, <#G0KEY>", "the admins and owners of this workspace")
    dana = Person(workspace, "dana").goes_to("#deals")
    dana.says("/toughcustomer settings")
    assert "G0KEY" not in dana.sees("<#C0ESC>, 1 more that you are not in").text


def test_an_admin_who_writes_where_no_window_opens_reads_what_is_in_force(ada: Person, bot: Application) -> None:
    ada.goes_to("toughcustomer").says("settings")
    ada.sees("Write `/toughcustomer settings`", "*Working hours:* Mon-Fri 08:00-18:00", where="toughcustomer")


def test_a_change_that_cannot_be_stored_leaves_the_window_open(ada: Person, bot: Application) -> None:
    opens(ada)
    ada.fills("If nobody answers, ask again after", "5 minutes")
    bot.core.database.execute("PRAGMA query_only = ON")
    ada.submits()
    ada.sees_window("could not store that")
    bot.core.database.execute("PRAGMA query_only = OFF")
    ada.submits()
    ada.sees_window("10 minutes → 5 minutes")


@pytest.mark.parametrize("environment", [{**CHAIN, "admins": ("U0ADA", "U0PRIYA")}])
def test_two_admins_who_change_different_fields_lose_nothing(workspace: Workspace, bot: Application) -> None:
    people: Sequence[Person] = [Person(workspace, name).goes_to("#deals") for name in ("ada", "priya")]
    for one in people:
        opens(one)
    people[0].fills("If nobody answers, ask again after", "5 minutes")
    people[1].fills("Working hours", "always")
    for one in people:
        one.submits()
        one.sees_window("Saved")
    assert stored(bot) == [("policy", '{"wait": "5m", "working_hours": "always"}')]


@pytest.mark.parametrize("environment", [{**CHAIN, "admins": ("U0ADA", "U0PRIYA")}])
def test_what_somebody_else_has_changed_alike_meanwhile_is_not_called_unchanged(workspace: Workspace) -> None:
    ada, priya = (Person(workspace, name).goes_to("#deals") for name in ("ada", "priya"))
    for one in (ada, priya):
        opens(one)
        one.fills("If nobody answers, ask again after", "5 minutes")
    ada.submits()
    ada.sees_window("10 minutes → 5 minutes")
    priya.submits()
    priya.sees_window("Nothing had to be changed:", "*Ask again after:* 5 minutes (set here)")

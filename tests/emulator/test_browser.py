"""The page in a real browser, as people use it: by mouse, by keyboard, on a phone, in two windows."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot import tour
from bot.app import Application
from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import read_manifest
from bot.emulator.model import User
from bot.emulator.seed import Said, Seed, SeedChannel
from bot.emulator.stories import PATIENCE_S
from bot.emulator.workspace import Workspace
from tests.conftest import hold_to_slacks_types
from tests.emulator.browser import Window
from tests.emulator.rehearsal import Rehearsal
from tests.wire import eventually, other_bot_says

SITUATION = "/toughcustomer he wants to talk to my boss right now"
CARD = "Offer your manager before they demand one"


def in_home(window: Window) -> None:
    """Open the app's Home tab, on a phone from behind the menu."""
    if window.page.is_visible("#menu"):
        window.page.click("#menu")
    window.page.locator("#sidebar").get_by_role("button", name="rehearsal").click()
    window.page.get_by_role("tab", name="Home").click()
    window.sees("Your open items", "#home")


class TestWithOurBot:
    """`/toughcustomer` itself."""

    @pytest.fixture
    def workspace(self, clock: MovableClock) -> Iterator[Workspace]:
        running = Workspace(read_manifest(shipped_manifest()), clock, waits_s=PATIENCE_S, seed=HARBOUR_SALES).start()
        yield running
        running.stop()
        hold_to_slacks_types(running)

    @pytest.fixture
    def transport(self) -> str:
        return "socket"

    @pytest.fixture(autouse=True)
    def _running(self, bot: Application) -> None:
        pass

    def test_type_the_command_see_the_card_open_another_share_it_and_see_it_as_omar(self, open_window: Any) -> None:
        mia = open_window()
        mia.page.type("#composer", "/tou")
        assert mia.page.locator("#composer-list [role=option]").first.text_content().startswith("/toughcustomer")
        mia.page.keyboard.press("Tab")
        assert mia.page.input_value("#composer") == "/toughcustomer "
        mia.page.type("#composer", "he wants to talk to my boss right now")
        mia.page.keyboard.press("Enter")
        mia.sees("Only visible to you")
        mia.sees(CARD)

        other = mia.page.get_by_role("button", name=re.compile("^Open: ")).first
        title = str(other.get_attribute("aria-label")).removeprefix("Open: ")
        other.click()
        mia.page.locator("h3", has_text=title).wait_for()
        mia.page.get_by_role("button", name=re.compile("^Share: ")).click()
        mia.sees("Shared by")

        mia.act_as("U0OMAR")
        mia.sees("Shared by")
        mia.page.locator("#messages .new").wait_for()  # the red line above what is new to him
        assert mia.page.locator(".only-you").count() == 0
        assert "talk to my boss right now" not in mia.page.locator("#messages").text_content()

    def test_by_keyboard_alone_and_enter_never_presses_another_button(self, open_window: Any) -> None:
        window = open_window()
        window.page.focus("#composer")
        window.page.keyboard.type(SITUATION)
        window.page.keyboard.press("Enter")
        window.sees(CARD)
        other = window.page.get_by_role("button", name=re.compile("^Open: ")).first
        title = str(other.get_attribute("aria-label")).removeprefix("Open: ")
        other.focus()
        window.page.keyboard.press("Enter")
        window.page.locator("h3", has_text=title).wait_for()
        window.page.keyboard.press("Enter")  # the button is gone; its place must not be taken by Share
        window.page.wait_for_timeout(300)
        assert window.page.get_by_text("Shared by").count() == 0

        window.page.locator("#messages .message").last.focus()
        window.page.keyboard.press("ArrowUp")
        for _ in range(6):
            window.page.keyboard.press("Tab")
            if window.focus() == "More actions":
                break
        assert window.focus() == "More actions"
        window.page.keyboard.press("Enter")
        window.page.get_by_role("menuitem", name="Tactics for this").wait_for()
        window.page.keyboard.press("Escape")
        assert window.focus() == "More actions"

    def test_a_message_shortcut_from_the_menu_is_answered_and_shown(self, open_window: Any) -> None:
        window = open_window()
        message = window.page.locator("#messages .message", has_text="talk to my boss").last
        message.hover()
        message.get_by_role("button", name="More actions").click()
        window.page.get_by_role("menuitem", name="Tactics for this").click()
        answer = window.page.locator("#messages .only-you", has_text="Offer your manager before they demand one")
        answer.wait_for()
        assert answer.is_visible()

    def test_a_direct_message_is_told_to_the_person_in_another_window(self, open_window: Any) -> None:
        mia, omar = open_window(), open_window()
        omar.act_as("U0OMAR")
        mia.page.get_by_role("button", name="Omar Haddad").click()
        mia.page.get_by_role("heading", name="Omar Haddad").wait_for()
        mia.say("Can you join the call?")
        toast = omar.page.locator(".toast", has_text="Can you join the call?")
        toast.wait_for()
        assert omar.page.title().startswith("(1)")
        toast.get_by_role("button", name="Show").click()
        omar.sees("Can you join the call?")
        omar.until("!document.title.startsWith('(')")
        assert toast.count() == 0

    def test_the_clock_moves_the_workspace_and_the_bot(
        self, open_window: Any, workspace: Workspace, clock: MovableClock
    ) -> None:
        window = open_window()
        before = clock.now()
        assert window.page.text_content("#now") == "Mon 23 Nov, 10:00"
        window.page.get_by_role("button", name="+1 h").click()
        window.until("document.querySelector('#now').textContent.includes('11:00')")
        window.page.get_by_role("button", name="next morning").click()
        window.until("document.querySelector('#now').textContent.includes('Tue')")
        assert (clock.now() - before).total_seconds() == 23 * 3600

    def test_the_traffic_tells_what_was_sent_and_how_long_the_ack_took(self, open_window: Any) -> None:
        window = open_window()
        window.say("/toughcustomer help")
        window.sees("card NAME")
        window.page.get_by_role("button", name="Traffic").click()
        entry = window.page.locator("#entries li", has_text="/toughcustomer").last
        assert "ms" in entry.text_content()
        entry.locator("summary").click()
        entry.get_by_text('"text": "help"').wait_for()
        window.page.keyboard.press("Escape")
        assert window.page.locator("#traffic").is_hidden()

    def test_what_people_write_is_shown_as_text(self, open_window: Any) -> None:
        window = open_window()
        window.say("<script>document.title='owned'</script> <img src=x onerror=alert(1)> *bold* `code` :tada: @omar")
        message = window.page.locator("#messages .message", has_text="script").last
        message.wait_for()
        assert "<script>document.title='owned'</script>" in message.text_content()
        assert message.locator("script, img").count() == 0
        assert message.locator("strong").text_content() == "bold"
        assert message.locator("code").text_content() == "code"
        assert "🎉" in message.text_content()
        assert window.page.title() != "owned"

    def test_drafts_stay_where_they_were_begun(self, open_window: Any) -> None:
        window = open_window()
        window.page.fill("#composer", "half a thought")
        window.page.get_by_role("button", name="#general").click()
        assert window.page.input_value("#composer") == ""
        window.act_as("U0OMAR")
        window.page.get_by_role("button", name="#deals").click()
        assert window.page.input_value("#composer") == ""
        window.act_as("U0MIA")
        window.until("document.querySelector('#composer').value === 'half a thought'")

    def test_a_message_being_edited_keeps_what_was_typed_while_others_write(
        self, open_window: Any, workspace: Workspace
    ) -> None:
        window = open_window()
        window.say("Acme called")
        message = window.page.locator("#messages .message", has_text="Acme called").last
        message.hover()
        ts = message.get_attribute("data-ts")
        message.get_by_role("button", name="More actions").click()
        window.page.get_by_role("menuitem", name="Edit message").click()
        window.page.get_by_label("Edit the message").fill("Acme called twice")
        workspace.call(workspace.client.react, "U0OMAR", "C0DEALS", ts, "eyes")
        other_bot_says(workspace, "something else")
        window.sees("something else")
        assert window.page.get_by_label("Edit the message").input_value() == "Acme called twice"
        window.page.keyboard.press("Enter")
        window.sees("Acme called twice")
        window.sees("(edited)")

    def test_a_thread_is_answered_in_its_pane(self, open_window: Any) -> None:
        window = open_window()
        message = window.page.locator("#messages .message", has_text="talk to my boss").last
        message.hover()
        message.get_by_role("button", name="Reply in thread").click()
        window.say("@toughcustomer", "#thread-composer")
        window.sees(CARD, "#thread-messages")
        window.say("/toughcustomer help", "#thread-composer")
        window.sees("is not supported in threads", "#thread-messages")
        window.page.locator("#messages .replies").wait_for()

    def test_on_a_phone_and_in_the_dark(self, open_window: Any) -> None:
        window = open_window(viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True)
        assert window.page.locator("#sidebar").is_hidden()
        window.page.click("#menu")
        window.page.get_by_role("button", name="#escalations").click()
        assert window.page.locator("#sidebar").is_hidden()
        window.say(SITUATION)
        window.sees(CARD)
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert window.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(26, 29, 33)"

    def test_what_a_screen_reader_is_told(self, open_window: Any) -> None:
        window = open_window()
        window.say(SITUATION)
        window.sees(CARD)
        window.until("document.querySelector('#said').textContent.startsWith('Only visible to you')")
        nameless = window.page.evaluate(
            "[...document.querySelectorAll('button, select, textarea, input')].filter((one) => "
            "!(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).length"
        )
        assert nameless == 0

    def test_the_page_says_when_the_workspace_has_ended(self, chromium: Any, workspace: Workspace) -> None:
        other = Workspace(workspace.state.manifest, seed=HARBOUR_SALES).start()
        window = Window(chromium, other)
        other.stop()
        window.page.locator("#ended").wait_for()
        window.page.fill("#composer", "too late")
        window.page.press("#composer", "Enter")
        window.page.locator(".problem", has_text="has ended").wait_for()
        assert window.page.input_value("#composer") == "too late"
        window.context.close()

    def test_people_without_a_channel_without_a_zone_and_with_any_id_use_the_page(
        self, chromium: Any, workspace: Workspace
    ) -> None:
        users = [User("W0NEW", "new", "Nia New", tz=""), User("W0OLD", "old", "Ola Old", tz="Europe/Oslo")]
        seed = Seed(users=users, channels=[SeedChannel("G0STAFF", "staff", ["W0OLD"], is_private=True)])
        seed = replace(seed, talk=[Said("G0STAFF", "W0OLD", "welcome")])
        with Workspace(workspace.state.manifest, seed=seed) as other:
            window = Window(chromium, other, sees="#sidebar button")
            window.page.get_by_role("button", name="Ola Old").click()
            window.say("is anybody there?")
            window.sees("is anybody there?")
            window.act_as("W0OLD")
            window.page.get_by_role("button", name="staff").click()
            window.sees("welcome")
            assert window.errors == []
            window.context.close()

    def test_what_is_typed_while_a_conversation_is_opened_waits_for_it(self, open_window: Any) -> None:
        window = open_window()
        held: list[Any] = []
        opens = '"do":"open"'
        window.page.route(
            "**/page/do", lambda route: held.append(route) if opens in route.request.post_data else route.continue_()
        )
        window.page.locator("#sidebar").get_by_role("button", name="Priya").click()
        assert eventually(lambda: bool(held) or window.page.wait_for_timeout(20))
        assert window.page.locator("#composer").is_disabled()
        held[0].continue_()
        window.say("only for you")
        window.sees("only for you")
        assert "Priya" in window.page.locator("#place h1").text_content()

    def test_one_answer_that_cannot_be_read_does_not_stop_what_comes_after_it(self, open_window: Any) -> None:
        window = open_window()
        window.page.route("**/page/screen*", lambda route: route.fulfill(body="<html>", status=200), times=2)
        for text in ("one", "two", "three"):
            window.say(text)
        window.say("after it")
        window.sees("after it")

    def test_the_tour_plays_in_the_page_and_can_be_ended(self, open_window: Any, workspace: Workspace) -> None:
        window = open_window()
        played = threading.Thread(target=tour.played, args=(workspace, threading.Event(), tour.JOURNEYS))
        played.start()
        window.page.locator("#caption", has_text="Mia has ten seconds").wait_for()
        window.until("document.querySelector('#composer').value.startsWith('/tough')")
        window.page.get_by_role("button", name="Pause").click()
        window.page.get_by_role("button", name="Go on").click()
        window.sees("Only visible to you")
        window.page.get_by_role("button", name="End the tour").click()
        played.join(PATIENCE_S)
        assert not played.is_alive()
        assert eventually(lambda: window.page.locator("#caption").is_hidden())


class TestWithTheRehearsalApp:
    """Modals, the Home tab and menus, which our bot does not use yet."""

    @pytest.fixture(autouse=True)
    def _running(self, rehearsal: Rehearsal) -> None:
        pass

    def test_answer_a_modal_with_an_error_and_then_rightly(self, open_window: Any) -> None:
        window = open_window()
        window.say("/rehearse form")
        dialog = window.page.get_by_role("dialog")
        dialog.get_by_text("A promise").wait_for()
        dialog.get_by_role("button", name="Keep").click()
        dialog.get_by_text("Please complete this required field.").first.wait_for()

        dialog.get_by_label("Customer").fill("nobody")
        dialog.get_by_label("How").select_option(label="Mail")
        dialog.get_by_role("button", name="Keep").click()
        dialog.get_by_text("There is no such customer.").wait_for()
        assert dialog.get_by_label("Customer").input_value() == "nobody"

        dialog.get_by_label("Customer").fill("Acme")
        window.page.keyboard.press("Enter")
        window.sees("Kept for Acme: kept")
        assert dialog.count() == 0

    def test_modals_lie_upon_each_other_and_escape_closes_them(self, open_window: Any) -> None:
        window = open_window()
        window.say("/rehearse form")
        dialog = window.page.get_by_role("dialog")
        dialog.get_by_label("Customer").fill("more")
        dialog.get_by_label("How").select_option(label="Call")
        dialog.get_by_label("Day").fill("2026-12-24")
        dialog.get_by_role("button", name="Keep").click()
        dialog.get_by_role("heading", name="More").wait_for()
        dialog.get_by_role("button", name="Back").click()
        dialog.get_by_role("heading", name="A promise").wait_for()
        assert dialog.get_by_label("Day").input_value() == "2026-12-24"
        window.page.keyboard.press("Escape")
        dialog.wait_for(state="hidden")

    def test_the_home_tab_is_opened_and_drawn(self, open_window: Any) -> None:
        window = open_window()
        window.page.get_by_role("button", name="rehearsal").click()
        window.page.get_by_role("tab", name="Home").click()
        window.sees("Your open items", "#home")
        window.page.get_by_role("tab", name="Messages").click()
        window.page.locator("#messages").wait_for()

    def test_home_is_kept_up_to_date_and_keeps_the_focus_and_the_place(
        self, open_window: Any, rehearsal: Rehearsal
    ) -> None:
        rehearsal.items = [f"Customer {number}" for number in range(1, 20)]
        window = open_window()
        in_home(window)
        row = window.page.locator("#home .actions", has_text="Done")
        row.nth(11).get_by_role("button").focus()
        before = window.page.evaluate("document.getElementById('home').scrollTop")
        assert before > 0

        rehearsal.items.append("Customer 20")  # below, and without ids of its own: all block ids are new
        rehearsal.publish("U0MIA")
        window.page.locator("#home", has_text="20 open").wait_for()
        assert window.page.evaluate("document.getElementById('home').scrollTop") == before
        focused = "document.activeElement.closest('.block').previousElementSibling.textContent"
        assert window.page.evaluate(focused) == "promised to Customer 12"

        window.page.keyboard.press("Enter")
        window.page.locator("#home", has_text="19 open").wait_for()
        assert "Customer 12" not in rehearsal.items
        assert window.page.evaluate("document.getElementById('home').contains(document.activeElement)")
        window.page.keyboard.press("Enter")  # what took the place of the button is not pressed
        window.page.wait_for_timeout(300)
        assert len(rehearsal.items) == 19

    def test_an_overflow_menu_is_chosen_from_by_keyboard(self, open_window: Any, rehearsal: Rehearsal) -> None:
        window = open_window()
        in_home(window)
        window.page.locator("#home .section", has_text="Globex").get_by_role("button", name="More options").focus()
        window.page.keyboard.press("Enter")
        window.page.get_by_role("menuitem", name="Drop").wait_for()
        window.page.keyboard.press("ArrowDown")
        window.page.keyboard.press("Enter")
        assert eventually(lambda: any(body.get("type") == "block_actions" for body in rehearsal.heard))
        assert rehearsal.heard[-1]["actions"][0]["selected_option"]["value"] == "keep Globex"
        assert window.focus() == "More options"

    @pytest.mark.parametrize("width", [1280, 390])
    @pytest.mark.parametrize("color_scheme", ["light", "dark"])
    def test_home_needs_no_scrolling_sideways(
        self, open_window: Any, rehearsal: Rehearsal, width: int, color_scheme: str
    ) -> None:
        rehearsal.items = ["x" * 60, "A customer with a name of many words, each of them short"]
        window = open_window(viewport={"width": width, "height": 800}, color_scheme=color_scheme)
        in_home(window)
        beyond = "[...document.querySelectorAll('#home *')].filter((e) => e.getBoundingClientRect().right > innerWidth)"
        assert window.page.evaluate(f"{beyond}.length") == 0
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        small = "[...document.querySelectorAll('#home button')].filter((one) => one.offsetHeight < 32).length"
        assert window.page.evaluate(small) == 0

    def test_a_choice_in_home_is_told_and_a_double_click_counts_once(
        self, open_window: Any, rehearsal: Rehearsal
    ) -> None:
        window = open_window()
        in_home(window)
        window.page.locator("#home").get_by_label("Whose").select_option(label="Only mine")
        window.page.locator("#home").get_by_label("All of them").check()
        assert eventually(lambda: len([one for one in rehearsal.heard if one.get("type") == "block_actions"]) == 2)
        values = rehearsal.heard[-1]["view"]["state"]["values"]
        assert values["top"]["filter"]["selected_option"]["value"] == "only mine"
        assert [one["value"] for one in values["kinds"]["kinds"]["selected_options"]] == ["all of them"]
        window.page.locator("#home .actions", has_text="Done").first.get_by_role("button").dblclick()
        window.page.locator("#home", has_text="2 open").wait_for()
        assert rehearsal.items == ["Globex", "Initech"]

    def test_buttons_of_a_private_message_replace_it_and_open_a_modal(self, open_window: Any) -> None:
        window = open_window()
        window.say("/rehearse buttons")
        window.page.get_by_role("button", name="open_form").click()
        window.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        window.page.get_by_role("button", name="more", exact=True).click()
        window.sees("Replaced")
        assert window.page.get_by_role("button", name="open_form").count() == 0

    def test_an_app_that_does_not_answer_is_told_of(self, open_window: Any, rehearsal: Rehearsal) -> None:
        window = open_window()
        window.say("/rehearse buttons")
        window.page.get_by_role("button", name="more", exact=True).wait_for()
        rehearsal.stop()
        window.page.get_by_role("button", name="more", exact=True).click()
        window.page.locator(".toast", has_text="The app is not connected.").wait_for()

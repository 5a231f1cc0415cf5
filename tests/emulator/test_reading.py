"""The page as it is read: notices in words and one at a time, answers told apart, nothing over a text on a phone."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.emulator.clock import MovableClock
from bot.emulator.stories import Person
from bot.emulator.workspace import Workspace
from tests.emulator.browser import Window
from tests.emulator.rehearsal import Rehearsal
from tests.emulator.test_clock_moves import Diary

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # three in Berlin, where Mia is
FULL_OF_MARKUP = (
    f":bell: *Acme* is due <!date^{int(AT.timestamp())}^{{date_short}}, {{time}}|some day>, <@U0MIA> & "
    "<#C0DEALS>: <https://x.example|the offer> &lt;now&gt;"
)


@pytest.fixture
def direct(web: WebClient) -> str:
    """The conversation between Mia and the app."""
    return str(web.conversations_open(users="U0MIA")["channel"]["id"])


def test_a_notice_is_in_words(open_window: Any, web: WebClient, direct: str) -> None:
    window = open_window()
    web.chat_postMessage(channel=direct, text=FULL_OF_MARKUP)
    shown = window.page.locator(".toast div").first
    shown.wait_for()
    assert shown.text_content() == "🔔 Acme is due 24 Nov 2026, 15:00, @mia & #deals: the offer <now>"


def test_what_is_announced_where_one_reads_is_in_words(open_window: Any, web: WebClient) -> None:
    window = open_window()
    web.chat_postMessage(channel="C0DEALS", text=FULL_OF_MARKUP)
    window.until("document.querySelector('#said').textContent.includes('24 Nov 2026, 15:00, @mia & #deals')")


def test_one_notice_at_a_time_and_the_others_wait(open_window: Any, workspace: Workspace) -> None:
    window = open_window()
    for person, text in (("U0OMAR", "one"), ("U0PRIYA", "two"), ("U0PRIYA", "three"), ("U0DANA", "four")):
        workspace.do(workspace.client.say(person, "mia", text))
    toast = window.page.locator(".toast", has_text="3 more")
    toast.wait_for()
    assert window.page.locator(".toast").count() == 1
    toast.get_by_role("button", name="Dismiss", exact=True).press("Enter")
    merged = window.page.locator(".toast", has_text="(2 messages)")
    merged.wait_for()
    assert "three" in merged.text_content()  # of two by the same person the newer
    assert window.focus() == "Dismiss"  # whoever works by keyboard is still there
    merged.get_by_role("button", name="Dismiss all").press("Enter")
    assert window.page.locator(".toast").count() == 0
    assert window.focus() == "Message #deals"


def test_notices_are_for_whom_they_were_for(open_window: Any, workspace: Workspace) -> None:
    window = open_window()
    workspace.do(workspace.client.say("U0OMAR", "mia", "only for you"))
    window.page.locator(".toast").wait_for()
    window.act_as("U0PRIYA")
    assert window.page.locator(".toast").count() == 0


@pytest.mark.usefixtures("rehearsal")
def test_answers_that_follow_each_other_each_name_whom_they_are_from(
    open_window: Any, workspace: Workspace, web: WebClient
) -> None:
    workspace.webapi.pace.post_every_s = 0
    window = open_window()
    for word in ("one", "two"):
        window.say(f"/rehearse {word}")
        window.sees(f"You wrote: {word}")
    for word in ("three", "four"):
        web.chat_postMessage(channel="C0DEALS", text=word)
        window.sees(word)
    for word in ("five", "six"):
        window.say(word)
        window.sees(word)
    last = window.page.locator("#messages .message .author")
    named = [last.nth(at).is_visible() for at in range(last.count())][-6:]
    assert named == [True, True, True, True, True, False]  # what a person writes in one go stays together


def overlaps(window: Window) -> list[str]:
    """Texts of messages that lie under an icon."""
    found: list[str] = window.page.evaluate(
        """[...document.querySelectorAll('#messages .message')].filter((message) => {
            const icon = message.querySelector('.toolbar svg')?.getBoundingClientRect();
            const texts = document.createTreeWalker(message.querySelector('.body'), NodeFilter.SHOW_TEXT);
            while (icon && texts.nextNode()) {
                const range = document.createRange();
                range.selectNodeContents(texts.currentNode);
                for (const { left, right, top, bottom } of range.getClientRects()) {
                    if (right > icon.left && left < icon.right && bottom > icon.top && top < icon.bottom) return true;
                }
            }
            return false;
        }).map((one) => one.textContent)"""
    )
    return found


def test_on_a_phone_no_icon_lies_over_a_text(open_window: Any, web: WebClient, mia: Person) -> None:
    for text in ("ok", "one line that is just as long as", "a line of words that goes on and on " * 4, "x" * 300):
        mia.says(text)
    web.chat_postMessage(channel="C0DEALS", text="a line of words that goes on and on " * 4)
    window = open_window(**PHONE)
    window.sees("goes on and on")
    assert overlaps(window) == []
    window.page.get_by_role("button", name="More actions").last.click()
    window.page.get_by_role("menuitem", name="Reply in thread").click()
    window.page.locator("#thread").wait_for()


@pytest.mark.parametrize("width", [360, 390, 430])
def test_on_a_phone_the_clock_and_its_buttons_fit_on_the_longest_date(
    open_window: Any, workspace: Workspace, clock: MovableClock, width: int
) -> None:
    clock.advance(datetime(2027, 9, 29, 20, 58, tzinfo=UTC) - clock.now())
    window = open_window(viewport={"width": width, "height": 800})
    assert window.page.text_content("#now") == "Wed 29 Sept, 22:58"
    inside = "[...document.querySelectorAll('#clock > *')].every((one) => one.classList.contains('unseen') || "
    inside += "(one.getBoundingClientRect().right <= innerWidth && one.scrollWidth <= one.clientWidth + 2))"
    assert window.page.evaluate(inside)
    assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_while_the_clock_moves_the_page_shows_where_to_and_takes_no_second_press(
    open_window: Any, workspace: Workspace, clock: MovableClock
) -> None:
    workspace.moves.settle = diary = Diary(clock, clock.now() + timedelta(minutes=20))
    diary.go_on.clear()
    window = open_window()
    button = window.page.get_by_role("button", name="+1 h")
    button.press("Enter")
    window.until("document.querySelector('#now').textContent === 'Mon 23 Nov, 10:00 → Mon 23 Nov, 11:00'")
    assert button.get_attribute("aria-disabled") == "true"
    button.press("Enter")
    diary.go_on.set()
    window.until("document.querySelector('#now').textContent === 'Mon 23 Nov, 11:00'")
    assert button.get_attribute("aria-disabled") == "false"
    assert window.page.evaluate("document.activeElement.dataset.by") == "3600"
    window.until("document.querySelector('#moved').textContent === 'It is Mon 23 Nov, 11:00.'")
    assert clock.now() == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_a_form_left_open_is_there_neither_for_the_next_person_nor_later(
    open_window: Any, rehearsal: Rehearsal
) -> None:
    window = open_window()
    for leaves in (lambda: (window.act_as("U0OMAR"), window.act_as("U0MIA")), window.page.reload):
        window.say("/rehearse form")
        window.page.get_by_role("dialog").wait_for()
        window.page.evaluate("document.querySelector('#modal').close()")  # as one who cannot reach what is behind it
        leaves()
        window.page.wait_for_selector("#messages .message")
        window.page.wait_for_timeout(300)
        assert window.page.get_by_role("dialog").count() == 0


def test_a_page_that_is_left_open_sees_every_later_move(open_window: Any, workspace: Workspace) -> None:
    window = open_window()
    threading.Thread(target=workspace.advance, kwargs={"days": 1}).start()
    window.until("document.querySelector('#now').textContent.startsWith('Tue 24 Nov')")

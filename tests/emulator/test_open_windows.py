"""Modals that somebody left open: gone with the browser window that showed them, or after an hour."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.emulator.stories import PATIENCE_S, Person, StoryBroken
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import Rehearsal
from tests.emulator.test_page import ask, do, screen
from tests.wire import eventually


@pytest.fixture(autouse=True)
def _running(rehearsal: Rehearsal) -> None:
    pass


def look(workspace: Workspace, user: str, window: str, *, anew: bool = False) -> None:
    """A browser *window* shows what *user* sees."""
    assert ask(workspace, "GET", f"/page/screen?as={user}&window={window}{'&anew' if anew else ''}")[0] == 200


@contextmanager
def listening(workspace: Workspace, window: str) -> Iterator[None]:
    """A browser *window* is open meanwhile."""
    connection = http.client.HTTPConnection("127.0.0.1", workspace.port, timeout=PATIENCE_S)
    connection.request("GET", f"/page/changes?window={window}")
    stream = connection.getresponse()
    stream.readline()
    yield
    stream.close()
    connection.close()


def open_form(person: Person, *, told_when_closed: bool, window: str = "") -> None:
    """The rehearsal app's form, which asks to be told of its closing or does not; shown in a browser *window*."""
    if told_when_closed:
        person.says("/rehearse form")
    else:
        person.uses("Begin")
    person.sees_window("Customer")
    look(person.workspace, person.id, window)


def closed(workspace: Workspace) -> list[dict[str, Any]]:
    return [entry.sent for entry in workspace.traffic.deliveries("view_closed")]


def test_who_goes_on_as_somebody_else_leaves_no_form_open(workspace: Workspace, mia: Person) -> None:
    look(workspace, "U0MIA", "one", anew=True)
    open_form(mia, told_when_closed=True, window="one")
    look(workspace, "U0MIA", "one")
    assert screen(workspace)["modal"] is not None  # it stays while she is there
    look(workspace, "U0OMAR", "one")
    assert screen(workspace)["modal"] is None
    assert eventually(lambda: [one["is_cleared"] for one in closed(workspace)] == [True])


def test_the_app_is_told_only_where_it_asked_for_it(workspace: Workspace, mia: Person) -> None:
    look(workspace, "U0MIA", "one", anew=True)
    open_form(mia, told_when_closed=False, window="one")
    look(workspace, "U0OMAR", "one")
    mia.sees_no_window()
    mia.says("/rehearse something else")
    mia.sees("You wrote: something else")
    assert closed(workspace) == []


def test_a_page_that_is_loaded_anew_has_no_form_open(workspace: Workspace, mia: Person) -> None:
    look(workspace, "U0MIA", "one", anew=True)
    open_form(mia, told_when_closed=True, window="one")
    look(workspace, "U0MIA", "one", anew=True)
    assert screen(workspace)["modal"] is None


def test_a_form_stays_where_another_window_shows_it_and_where_one_is_opened_beside_it(
    workspace: Workspace, mia: Person
) -> None:
    look(workspace, "U0MIA", "one", anew=True)
    open_form(mia, told_when_closed=True, window="one")
    look(workspace, "U0MIA", "two", anew=True)
    look(workspace, "U0OMAR", "two")
    assert screen(workspace)["modal"] is not None
    assert closed(workspace) == []


def test_with_the_browser_window_the_form_is_closed(workspace: Workspace, mia: Person) -> None:
    with listening(workspace, "one"):
        look(workspace, "U0MIA", "one", anew=True)
        open_form(mia, told_when_closed=True, window="one")
        with listening(workspace, "two"):  # another one comes and goes
            look(workspace, "U0OMAR", "two", anew=True)
        assert screen(workspace)["modal"] is not None
    mia.sees_no_window()
    assert eventually(lambda: len(closed(workspace)) == 1)


def test_who_closes_the_page_and_opens_another_has_no_form_open(workspace: Workspace, mia: Person) -> None:
    with listening(workspace, "one"):
        look(workspace, "U0MIA", "one", anew=True)
        open_form(mia, told_when_closed=True, window="one")
    streams = workspace.page._windows._streams  # the end of a connection takes its moment
    assert eventually(lambda: "one" not in streams or not streams["one"][1]())
    look(workspace, "U0MIA", "two", anew=True)
    assert screen(workspace)["modal"] is None


def test_what_no_window_has_shown_yet_is_closed_by_none(workspace: Workspace, mia: Person) -> None:
    look(workspace, "U0MIA", "one", anew=True)
    open_form(mia, told_when_closed=True)
    look(workspace, "U0OMAR", "one")
    look(workspace, "U0MIA", "two", anew=True)
    assert screen(workspace)["modal"] is not None


def test_after_an_hour_a_form_is_gone_for_the_person_and_for_the_app(
    workspace: Workspace, web: WebClient, mia: Person
) -> None:
    open_form(mia, told_when_closed=True)
    view = screen(workspace)["modal"]["id"]
    workspace.advance(minutes=59)
    assert screen(workspace)["modal"]["id"] == view
    workspace.advance(minutes=2)
    assert screen(workspace)["modal"] is None
    assert "closed" in do(workspace, "submit", view=view, values={})
    with pytest.raises(SlackApiError, match="not_found"):
        web.views_update(
            view_id=view, view={"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
        )
    with pytest.raises(StoryBroken, match="no window open"):
        mia.submits()
    assert workspace.traffic.deliveries("view_submission") == []
    assert closed(workspace) == []


def test_a_form_that_was_submitted_when_it_was_gone_says_so_as_slack_does(workspace: Workspace, mia: Person) -> None:
    open_form(mia, told_when_closed=False)
    (view,) = workspace.modals.stack(mia.id)
    workspace.advance(hours=25)
    assert workspace.do(workspace.interactions.submit(view)).problem == "view_not_found"
    assert "We had some trouble connecting" in view.failure
    assert workspace.traffic.deliveries("view_submission") == []


def test_what_the_app_changes_meanwhile_stays_for_another_hour(
    workspace: Workspace, web: WebClient, mia: Person
) -> None:
    open_form(mia, told_when_closed=False)
    view = screen(workspace)["modal"]["id"]
    workspace.advance(minutes=50)
    shown = {"type": "modal", "title": {"type": "plain_text", "text": "Still here"}, "blocks": [{"type": "divider"}]}
    web.views_update(view_id=view, view=shown)
    workspace.advance(minutes=50)
    mia.sees_window("Still here", within=0)

"""The page's server: what one person sees, and who may ask it."""

import http.client
import json
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.emulator.stories import PATIENCE_S, Person
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import Rehearsal
from tests.wire import other_bot_says


def ask(
    workspace: Workspace, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", workspace.port, timeout=PATIENCE_S)
    sent = json.dumps(body) if body is not None else None
    own = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, path, sent, {**own, **headers})
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    return answer.status, answer.headers, raw


def do(workspace: Workspace, what: str, user: str = "U0MIA", **more: Any) -> str:
    _, _, raw = ask(workspace, "POST", "/page/do", {"as": user, "do": what, **more})
    return str(json.loads(raw)["problem"])


def screen(workspace: Workspace, user: str = "U0MIA") -> dict[str, Any]:
    return dict(json.loads(ask(workspace, "GET", f"/page/screen?as={user}")[2]))


def channel(workspace: Workspace, name: str, user: str = "U0MIA") -> dict[str, Any]:
    return next(one for one in screen(workspace, user)["channels"] if one["name"] == name)


def test_another_web_page_can_neither_read_nor_drive_the_workspace(workspace: Workspace) -> None:
    own = f"http://127.0.0.1:{workspace.port}"
    assert ask(workspace, "GET", "/", Host="127.0.0.1")[0] == 200
    assert ask(workspace, "GET", "/", Host="evil.example")[0] == 403
    assert ask(workspace, "GET", "/page/screen?as=U0MIA", Host="evil.example:80")[0] == 403
    say = {"as": "U0MIA", "do": "say", "channel": "C0DEALS", "text": "x"}
    assert ask(workspace, "POST", "/page/do", say, Origin="http://evil.example")[0] == 403
    assert ask(workspace, "POST", "/page/do", say, Origin="null")[0] == 403
    assert ask(workspace, "POST", "/page/do", say, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert ask(workspace, "POST", "/page/do", say, **{"Content-Type": "text/plain"})[0] == 415
    assert ask(workspace, "GET", "/page/changes", Origin="http://evil.example")[0] == 403
    assert ask(workspace, "POST", "/control/deliver-to", {"url": ""}, Origin="http://evil.example")[0] == 403
    assert all(message["text"] != "x" for message in channel(workspace, "deals")["messages"])
    assert ask(workspace, "POST", "/page/do", say, Origin=own)[0] == 200


def test_it_listens_on_this_machine_alone_and_its_pages_run_no_foreign_code(workspace: Workspace) -> None:
    assert workspace._runner.addresses == [("127.0.0.1", workspace.port)]
    _, headers, page = ask(workspace, "GET", "/")
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert b"<script>" not in page
    assert b" onclick=" not in page
    for path in ("/page/../workspace.py", "/page/..%2fseed.py", "/page/nothing.js", "/page/screen.py"):
        assert ask(workspace, "GET", path)[0] == 404


def test_each_person_sees_their_own(workspace: Workspace, web: WebClient) -> None:
    web.chat_postEphemeral(channel="C0DEALS", user="U0MIA", text="for Mia")
    do(workspace, "say", channel="omar", text="between us")

    assert any(one["text"] == "for Mia" and one["only_you"] for one in channel(workspace, "deals")["messages"])
    omar = screen(workspace, "U0OMAR")
    assert all(one["text"] != "for Mia" for c in omar["channels"] for one in c["messages"])
    (direct,) = [one for one in omar["channels"] if one["kind"] == "im"]
    assert (direct["with"], direct["unread"], direct["mentions"]) == (["U0MIA"], 1, 1)
    assert all(one["kind"] != "im" for one in screen(workspace, "U0PRIYA")["channels"])
    assert "key-accounts" not in [one["name"] for one in screen(workspace, "U0PRIYA")["channels"]]
    assert ask(workspace, "GET", "/page/screen?as=U0NOBODY")[0] == 404


def test_unread_marks_go_when_it_is_read(workspace: Workspace) -> None:
    other_bot_says(workspace, "hello <@U0MIA>")
    seen = channel(workspace, "deals")
    assert (seen["unread"], seen["mentions"]) == (1, 1)
    assert do(workspace, "read", channel="C0DEALS") == ""
    assert channel(workspace, "deals")["unread"] == 0

    root = other_bot_says(workspace, "root").ts
    do(workspace, "read", channel="C0DEALS")
    do(workspace, "say", "U0OMAR", channel="C0DEALS", text="not about you", thread_ts=root)
    assert channel(workspace, "deals")["unread"] == 0  # a thread that Mia takes no part in
    do(workspace, "say", channel="C0DEALS", text="now it is", thread_ts=root)
    do(workspace, "say", "U0OMAR", channel="C0DEALS", text="an answer", thread_ts=root)
    assert channel(workspace, "deals")["unread"] == 1


def test_what_is_done_wrongly_is_told_and_does_no_harm(workspace: Workspace) -> None:
    assert "nobody of that id" in do(workspace, "say", "U0NOBODY", channel="C0DEALS", text="x")
    assert "nobody of that id" in do(workspace, "say", "U0TOUGH", channel="C0DEALS", text="x")
    assert "nothing that can be done" in do(workspace, "fly")
    assert "not how to ask" in do(workspace, "say")
    assert "no conversation" in do(workspace, "say", channel="G0BOARD", text="x")
    assert "not there any more" in do(workspace, "react", channel="C0DEALS", ts="1.1", name="eyes")
    assert "closed" in do(workspace, "submit", view="V1", values={})
    assert "window" in do(workspace, "close", view="V1")
    assert "forward" in do(workspace, "advance", by=-60)
    assert "could not convert" in do(workspace, "advance", by="soon")
    status, _, raw = ask(workspace, "POST", "/page/do", body=None, **{"Content-Type": "application/json"})
    assert (status, "problem" in json.loads(raw)) == (200, True)


@pytest.mark.usefixtures("rehearsal")
def test_everything_that_the_page_does_can_be_done(workspace: Workspace, mia: Person, rehearsal: Rehearsal) -> None:
    assert do(workspace, "say", channel="C0DEALS", text="/rehearse buttons") == ""
    message = channel(workspace, "deals")["messages"][-1]
    (block,) = message["blocks"]
    button = {"channel": "C0DEALS", "ts": message["ts"], "block_id": block["block_id"]}
    assert do(workspace, "click", **button, action_id="open_form") == ""
    mia.sees_window("A promise")
    view = screen(workspace)["modal"]
    chosen = {"type": "static_select", "selected_option": view["blocks"][1]["element"]["options"][0]}
    typed = {"customer": {"name": {"type": "plain_text_input", "value": "nobody"}}}
    where = {"view": view["id"], "block_id": "how", "action_id": "way"}
    assert do(workspace, "click", **where, chosen=chosen, values=typed) == ""
    assert do(workspace, "submit", view=view["id"], values={}) == ""
    assert screen(workspace)["modal"]["errors"] == {"customer": "There is no such customer."}
    assert do(workspace, "close", view=view["id"], all=True) == ""
    assert screen(workspace)["modal"] is None

    do(workspace, "home", tab="home")
    mia.sees_home("Your open items")
    assert screen(workspace)["home"]["blocks"][0]["type"] == "header"
    do(workspace, "say", channel="C0DEALS", text="a *bold* word")
    mine = channel(workspace, "deals")["messages"][-1]["ts"]
    assert do(workspace, "edit", channel="C0DEALS", ts=mine, text="another") == ""
    assert do(workspace, "react", channel="C0DEALS", ts=mine, name="eyes") == ""
    assert do(workspace, "shortcut", channel="C0DEALS", ts=mine, name="look") == ""
    mia.sees("You looked at: another")
    assert do(workspace, "shortcut", name="begin") == ""
    assert do(workspace, "delete", channel="C0DEALS", ts=mine) == ""
    assert do(workspace, "join", "U0PRIYA", channel="C0RANDOM") == ""
    assert do(workspace, "open", **{"with": "U0DANA"}) == ""
    before = workspace.clock.now()
    assert do(workspace, "advance", by="morning") == ""
    assert workspace.clock.now() > before
    assert json.loads(ask(workspace, "GET", "/page/traffic")[2])


def test_next_morning_is_nine_oclock_where_the_person_lives(workspace: Workspace) -> None:
    do(workspace, "advance", "U0DANA", by="morning")
    assert workspace.clock.now().isoformat() == "2026-11-24T15:00:00+00:00"  # in Chicago

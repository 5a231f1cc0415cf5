"""The Web API refuses what Slack refuses. Called by slack_sdk; every fact is from Slack's documentation or its SDKs."""

import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.demo_seed import HARBOUR_SALES
from bot.emulator.clock import MovableClock
from bot.emulator.manifest import manifest_of
from bot.emulator.pace import CallLimits
from bot.emulator.stories import PATIENCE_S
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import MANIFEST, form, plain
from tests.wire import eventually, other_bot_says

pytestmark = pytest.mark.odd_payloads

DEALS, OTHER = "C0DEALS", "C0GENERAL"
Json = dict[str, Any]


PIECE = {"label": "a", "value": 1}
ICON = {"type": "icon_button", "action_id": "i", "icon": "trash", "text": {"type": "plain_text", "text": "x"}}


def refused(call: Callable[..., Any], *args: Any, **named: Any) -> str:
    """The error with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **named)
    return str(caught.value.response["error"])


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(action_id: str = "a", text: str = "x", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def options(count: int, label: str = "x") -> list[Json]:
    return [{"text": plain(label), "value": str(number)} for number in range(count)]


TOO_MUCH: dict[str, list[Json]] = {
    "51 blocks": [{"type": "divider"}] * 51,
    "section of 3001": [section("x" * 3001)],
    "section without words": [{"type": "section"}],
    "eleven fields": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "field of 2001": [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
    "header of 151": [{"type": "header", "text": plain("x" * 151)}],
    "header in mrkdwn": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "empty header": [{"type": "header", "text": plain("")}],
    "eleven in a context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "26 actions": [actions(*(button(str(number)) for number in range(26)))],
    "no actions": [actions()],
    "button of 76": [actions(button(text="x" * 76))],
    "value of 2001": [actions(button(value="x" * 2001))],
    "action_id of 256": [actions(button("a" * 256))],
    "one action_id twice": [actions(button("a"), button("a"))],
    "one block_id twice": [section(block_id="b"), section(block_id="b")],
    "block_id of 256": [section(block_id="b" * 256)],
    "101 options": [actions({"type": "static_select", "action_id": "a", "options": options(101)})],
    "option of 76": [actions({"type": "static_select", "action_id": "a", "options": options(1, "x" * 76)})],
    "six in an overflow": [actions({"type": "overflow", "action_id": "a", "options": options(6)})],
    "eleven boxes": [actions({"type": "checkboxes", "action_id": "a", "options": options(11)})],
    "an unknown block": [{"type": "banner"}],
    "an alert outside a modal": [{"type": "alert", "text": plain("x")}],
    "an unknown property": [section(colour="red")],
    "emoji in mrkdwn": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
    "an input as an accessory": [section(accessory={"type": "plain_text_input", "action_id": "a"})],
    "an unknown style": [actions(button(style="loud"))],
    "a card with four buttons": [{"type": "card", "title": plain("x"), "actions": [button(str(n)) for n in range(4)]}],
    "a card body of 201": [{"type": "card", "body": {"type": "mrkdwn", "text": "x" * 201}}],
    "eleven in a container": [{"type": "container", "title": plain("x"), "child_blocks": [{"type": "divider"}] * 11}],
    "a container without title": [{"type": "container", "child_blocks": [{"type": "divider"}]}],
    "no list": {"type": "divider"},  # type: ignore[dict-item]
    "an initial option of none": [
        actions({"type": "checkboxes", "action_id": "a", "options": options(1), "initial_options": options(3)[2:]})
    ],
    "a 13th month": [actions({"type": "datepicker", "action_id": "a", "initial_date": "2026-13-01"})],
    "an image from nowhere": [{"type": "image", "alt_text": "x"}],
    "a text of another kind": [{"type": "section", "text": {"type": [], "text": "x"}}],
    "a type that is none": [{"type": []}],  # type: ignore[dict-item]
}


@pytest.mark.parametrize("blocks", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_blocks_that_slack_would_refuse_are_refused(web: WebClient, blocks: list[Json]) -> None:
    assert refused(web.chat_postMessage, channel=DEALS, text="x", blocks=blocks).startswith("invalid_blocks")
    assert refused(web.chat_postMessage, channel=DEALS, text="x", blocks=json.dumps(blocks)).startswith("invalid_bl")


def test_a_refusal_of_blocks_says_what_and_where(web: WebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=DEALS, text="x", blocks=[section(), section("x" * 3001)])

    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3000, accessory=button()),
        {"type": "header", "text": plain("x" * 150)},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10},
        actions(*(button(str(number), value="v" * 2000) for number in range(25))),
        {"type": "container", "title": plain("x"), "is_collapsible": True, "child_blocks": [section("x" * 3000)]},
        {"type": "carousel", "elements": [{"type": "card", "title": {"type": "mrkdwn", "text": "x"}}] * 10},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 20] * 100},
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
        },
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
        {"type": "markdown", "text": "x" * 12_000},
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "action_id": "i", "icon": "trash", "text": plain("x")}],
        },
    ],
    ids=lambda block: block["type"],
)
def test_blocks_at_the_limit_are_taken_and_come_back_with_ids(web: WebClient, block: Json) -> None:
    web.chat_postMessage(channel=DEALS, text="x", blocks=[block])

    (kept,) = web.conversations_history(channel=DEALS, limit=1)["messages"][0]["blocks"]
    assert kept["type"] == block["type"]
    assert kept["block_id"]


def test_two_tables_in_a_message_are_refused_in_slacks_own_way(web: WebClient) -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert refused(web.chat_postMessage, channel=DEALS, text="x", blocks=[table, table]) == "invalid_attachments"


def test_tokens_are_checked(workspace: Workspace, web: WebClient) -> None:
    def with_token(token: str) -> WebClient:
        return WebClient(token, base_url=workspace.api_url)

    assert web.auth_test()["user_id"] == "U0TOUGH"
    assert refused(with_token("xoxb-wrong").auth_test) == "invalid_auth"
    assert refused(with_token("").users_info, user="U0MIA") == "not_authed"
    assert refused(with_token(workspace.tokens.app).users_info, user="U0MIA") == "not_allowed_token_type"
    assert refused(web.apps_connections_open, app_token=workspace.tokens.bot) == "not_allowed_token_type"
    assert "chat:write" in web.auth_test().headers["x-oauth-scopes"]


def test_unknown_channels_people_and_methods_are_refused(web: WebClient) -> None:
    assert refused(web.api_call, "chat.shout") == "unknown_method"
    assert refused(web.chat_postMessage, channel="C0NOWHERE", text="x") == "channel_not_found"
    assert refused(web.chat_postMessage, channel="G0BOARD", text="x") == "channel_not_found"  # private, not in it
    assert refused(web.chat_postMessage, channel="C0RANDOM", text="x") == "not_in_channel"
    assert refused(web.chat_postMessage, channel="C0OLD", text="x") == "is_archived"
    assert refused(web.conversations_history, channel="C0RANDOM") == "not_in_channel"
    assert refused(web.conversations_info, channel="C0NOWHERE") == "channel_not_found"
    assert refused(web.users_info, user="U0NOBODY") == "user_not_found"
    assert refused(web.users_lookupByEmail, email="nobody@mail.example") == "users_not_found"
    assert refused(web.usergroups_users_list, usergroup="S0NONE") == "no_such_subteam"
    assert refused(web.bots_info, bot="B0NONE") == "bot_not_found"
    assert refused(web.chat_postMessage, channel=DEALS, text=" ") == "no_text"
    assert refused(web.api_call, "chat.postMessage", json={"text": "x"}) == "invalid_arguments"


def test_a_missing_scope_is_told_with_what_is_needed(clock: MovableClock) -> None:
    few = {**MANIFEST, "oauth_config": {"scopes": {"bot": ["chat:write", "channels:history"]}}}
    workspace = Workspace(manifest_of(few), clock, seed=HARBOUR_SALES).start()
    web = WebClient(workspace.tokens.bot, base_url=workspace.api_url)
    try:
        with pytest.raises(SlackApiError) as caught:
            web.users_info(user="U0MIA")
        assert (caught.value.response["error"], caught.value.response["needed"]) == ("missing_scope", "users:read")
        assert caught.value.response["provided"] == "chat:write,channels:history"
        web.conversations_history(channel=DEALS)
        assert refused(web.conversations_history, channel="G0KEY") == "missing_scope"
    finally:
        workspace.stop()


@pytest.fixture
def pace(workspace: Workspace) -> MovableClock:
    """The clock by which calls are counted, stopped: no second passes unless a test lets it."""
    stopped = MovableClock(running=False)
    workspace.webapi.pace = CallLimits(lambda: stopped.now().timestamp())
    return stopped


def test_one_message_a_second_and_channel_and_then_429(web: WebClient, pace: MovableClock) -> None:
    web.chat_postMessage(channel=DEALS, text="one")
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=DEALS, text="two")

    assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
    assert int(caught.value.response.headers["Retry-After"]) == 1
    web.chat_postMessage(channel=OTHER, text="elsewhere")
    pace.advance(seconds=1)
    web.chat_postMessage(channel=DEALS, text="two")


@pytest.mark.usefixtures("pace")
def test_a_methods_tier_is_kept(web: WebClient) -> None:
    for _ in range(20):
        web.users_list(limit=1)
    with pytest.raises(SlackApiError) as caught:
        web.users_list(limit=1)
    assert int(caught.value.response.headers["Retry-After"]) >= 1


def test_a_text_alone_changes_the_text_and_keeps_the_blocks_and_an_empty_list_removes_them(web: WebClient) -> None:
    ts = web.chat_postMessage(channel=DEALS, text="one", blocks=[actions(button())])["ts"]

    kept = web.chat_update(channel=DEALS, ts=ts, text="two")["message"]
    assert (kept["text"], kept["blocks"][0]["type"]) == ("two", "actions")
    assert kept["edited"]["user"] == "U0TOUGH"

    assert "blocks" not in web.chat_update(channel=DEALS, ts=ts, text="three", blocks=[])["message"]


def test_only_ones_own_messages_can_be_changed(web: WebClient, workspace: Workspace) -> None:
    theirs = other_bot_says(workspace, "not yours").ts
    assert refused(web.chat_update, channel=DEALS, ts=theirs, text="x") == "cant_update_message"
    assert refused(web.chat_delete, channel=DEALS, ts=theirs) == "cant_delete_message"
    assert refused(web.chat_update, channel=DEALS, ts="1.000001", text="x") == "message_not_found"
    assert refused(web.chat_getPermalink, channel=DEALS, message_ts="1.000001") == "message_not_found"


def test_an_ephemeral_message_is_in_no_history_and_cannot_be_changed(web: WebClient) -> None:
    ts = web.chat_postEphemeral(channel=DEALS, user="U0MIA", text="for you")["message_ts"]

    assert all(message["text"] != "for you" for message in web.conversations_history(channel=DEALS)["messages"])
    assert refused(web.chat_update, channel=DEALS, ts=ts, text="x") == "message_not_found"
    assert refused(web.chat_postEphemeral, channel="G0KEY", user="U0PRIYA", text="x") == "user_not_in_channel"


def test_metadata_is_told_only_when_asked_for(web: WebClient) -> None:
    key = {"event_type": "page", "event_payload": {"key": "E7-1"}}
    ts = web.chat_postMessage(channel=DEALS, text="x", metadata=key)["ts"]

    assert "metadata" not in web.conversations_history(channel=DEALS, limit=1)["messages"][0]
    (told,) = web.conversations_history(channel=DEALS, limit=1, include_all_metadata=True)["messages"]
    assert told["metadata"] == key
    (told, *_) = web.conversations_replies(channel=DEALS, ts=ts, include_all_metadata=True)["messages"]
    assert told["metadata"] == key
    deep = {"event_type": "x", "event_payload": {"a": {"b": {"c": 1}}}}
    assert refused(web.chat_postMessage, channel=OTHER, text="x", metadata=deep) == "invalid_metadata_schema"
    assert refused(web.chat_postMessage, channel=OTHER, text="x", metadata={"a": 1}) == "invalid_metadata_format"


def test_history_is_newest_first_in_pages_with_open_bounds(web: WebClient, workspace: Workspace) -> None:
    stamps = [other_bot_says(workspace, f"m{number}").ts for number in range(5)]

    def told(**bounds: Any) -> list[str]:
        return [one["text"] for one in web.conversations_history(channel=DEALS, **bounds)["messages"]]

    assert told(limit=2) == ["m4", "m3"]
    first = web.conversations_history(channel=DEALS, limit=2)
    assert first["has_more"]
    assert told(limit=2, cursor=first["response_metadata"]["next_cursor"]) == ["m2", "m1"]
    assert told(oldest=stamps[3]) == ["m4"]
    assert told(oldest=stamps[3], inclusive=True) == ["m4", "m3"]
    assert told(oldest=stamps[1], latest=stamps[4]) == ["m3", "m2"]
    assert told(oldest=stamps[0], limit=2) == ["m2", "m1"]  # with oldest alone, forward from there
    assert refused(web.conversations_history, channel=DEALS, cursor="nonsense") == "invalid_cursor"
    assert refused(web.conversations_history, channel=DEALS, oldest="yesterday") == "invalid_ts_oldest"


def test_replies_are_not_in_the_channels_history_unless_broadcast(web: WebClient, workspace: Workspace) -> None:
    root = other_bot_says(workspace, "root").ts
    reply = web.chat_postMessage(channel=DEALS, text="reply", thread_ts=root)["ts"]
    time.sleep(1.05)
    shouted = web.chat_postMessage(channel=DEALS, text="for all", thread_ts=reply, reply_broadcast=True)

    newest, parent = web.conversations_history(channel=DEALS, limit=2)["messages"]
    assert (newest["subtype"], newest["root"]["ts"]) == ("thread_broadcast", root)
    assert (parent["reply_count"], parent["latest_reply"], parent["thread_ts"]) == (2, shouted["ts"], root)
    thread = web.conversations_replies(channel=DEALS, ts=root)["messages"]
    assert [one["text"] for one in thread] == ["root", "reply", "for all"]
    assert shouted["message"]["thread_ts"] == root  # a reply's ts leads to its thread
    assert refused(web.conversations_replies, channel=DEALS, ts="1.000001") == "thread_not_found"
    assert refused(web.chat_postMessage, channel=OTHER, text="x", thread_ts="0") == "invalid_thread_ts"


def test_a_deleted_message_with_replies_leaves_a_tombstone(web: WebClient) -> None:
    root = web.chat_postMessage(channel=DEALS, text="root")["ts"]
    time.sleep(1.05)
    web.chat_postMessage(channel=DEALS, text="reply", thread_ts=root)

    web.chat_delete(channel=DEALS, ts=root)

    assert web.conversations_history(channel=DEALS, limit=1)["messages"][0]["subtype"] == "tombstone"
    assert refused(web.chat_update, channel=DEALS, ts=root, text="x") == "message_not_found"


def test_texts_are_kept_as_slack_keeps_them(web: WebClient) -> None:
    posted = web.chat_postMessage(channel=DEALS, text="a & b <c> <@U0MIA> <https://x.example|x> &lt;")
    assert posted["message"]["text"] == "a &amp; b &lt;c&gt; <@U0MIA> <https://x.example|x> &lt;"
    assert len(web.chat_postMessage(channel=OTHER, text="x" * 41_000)["message"]["text"]) == 40_000


def test_markdown_excludes_text_and_blocks(web: WebClient) -> None:
    assert refused(web.chat_postMessage, channel=DEALS, text="x", markdown_text="y") == "markdown_text_conflict"
    assert (
        refused(web.api_call, "chat.postMessage", json={"channel": DEALS, "markdown_text": "x" * 12_001})
        == "msg_too_long"
    )
    web.api_call("chat.postMessage", json={"channel": DEALS, "markdown_text": "**x**"})


def test_a_persons_id_opens_the_direct_conversation(web: WebClient) -> None:
    posted = web.chat_postMessage(channel="U0MIA", text="hello")
    opened = web.conversations_open(users="U0MIA")
    assert posted["channel"].startswith("D")
    assert opened["channel"]["id"] == posted["channel"]
    assert opened["already_open"]
    assert web.conversations_info(channel=posted["channel"])["channel"]["user"] == "U0MIA"
    assert refused(web.conversations_open, users="U0NOBODY") == "user_not_found"
    assert refused(web.conversations_open, users="") == "users_list_not_supplied"
    group = web.conversations_open(users=["U0MIA", "U0OMAR"])["channel"]["id"]
    assert web.conversations_info(channel=group)["channel"]["is_mpim"]


def test_scheduled_messages_have_slacks_limits_and_appear_on_time(
    web: WebClient, workspace: Workspace, clock: MovableClock
) -> None:
    def at(**later: float) -> int:
        return int((clock.now() + timedelta(**later)).timestamp())

    def schedule(post_at: int, **more: Any) -> str:
        return str(
            web.chat_scheduleMessage(channel=DEALS, text="later", post_at=post_at, **more)["scheduled_message_id"]
        )

    assert refused(schedule, at(minutes=-1)) == "time_in_past"
    assert refused(schedule, at(days=121)) == "time_too_far"
    first = schedule(at(hours=1))
    schedule(at(hours=2), metadata={"event_type": "x", "event_payload": {}})
    gone = schedule(at(hours=3))
    assert len(web.chat_scheduledMessages_list(channel=DEALS)["scheduled_messages"]) == 3
    web.chat_deleteScheduledMessage(channel=DEALS, scheduled_message_id=gone)
    assert (
        refused(web.chat_deleteScheduledMessage, channel=DEALS, scheduled_message_id="Q1")
        == "invalid_scheduled_message_id"
    )

    workspace.advance(hours=1)
    assert web.conversations_history(channel=DEALS, limit=1)["messages"][0]["text"] == "later"
    before = len(web.conversations_history(channel=DEALS)["messages"])
    workspace.advance(hours=2)
    assert len(web.conversations_history(channel=DEALS)["messages"]) == before  # metadata: Slack never posts it
    assert first


def test_at_most_thirty_scheduled_messages_in_five_minutes(web: WebClient, clock: MovableClock) -> None:
    base = (int(clock.now().timestamp()) // 300 + 10) * 300
    for number in range(30):
        web.chat_scheduleMessage(channel=DEALS, text="x", post_at=base + number)
    assert refused(web.chat_scheduleMessage, channel=DEALS, text="x", post_at=base + 40) == "restricted_too_many"


def test_reactions(web: WebClient, workspace: Workspace) -> None:
    ts = other_bot_says(workspace, "look").ts
    at = {"channel": DEALS, "timestamp": ts}
    web.reactions_add(name="eyes", **at)
    assert refused(web.reactions_add, name="eyes", **at) == "already_reacted"
    assert refused(web.reactions_remove, name="tada", **at) == "no_reaction"
    assert refused(web.reactions_add, name="no_such_emoji", **at) == "invalid_name"
    assert refused(web.reactions_add, name="eyes", channel=DEALS, timestamp="1.000001") == "message_not_found"
    assert web.conversations_history(channel=DEALS, limit=1)["messages"][0]["reactions"][0]["users"] == ["U0TOUGH"]


def test_a_file_is_uploaded_in_three_calls(web: WebClient) -> None:
    done = web.files_upload_v2(channel=DEALS, filename="notes.txt", content="what was said", initial_comment="Notes")
    file_id = done["file"]["id"]
    assert web.files_info(file=file_id)["file"]["size"] == len("what was said")
    posted = web.conversations_history(channel=DEALS, limit=1)["messages"][0]
    assert (posted["text"], posted["files"][0]["name"]) == ("Notes", "notes.txt")
    assert refused(web.files_info, file="F0NONE") == "file_not_found"
    unfinished = web.files_getUploadURLExternal(filename="x", length=3)["file_id"]
    assert refused(web.files_completeUploadExternal, files=[{"id": unfinished}]) == "file_not_found"


def test_who_is_there(web: WebClient, clock: MovableClock) -> None:
    winter = web.users_info(user="U0MIA")["user"]
    assert (winter["tz"], winter["tz_offset"]) == ("Europe/Berlin", 3600)
    clock.advance(days=180)
    assert web.users_info(user="U0MIA")["user"]["tz_offset"] == 7200  # it follows daylight saving
    assert web.users_lookupByEmail(email="omar@mail.example")["user"]["id"] == "U0OMAR"
    assert web.usergroups_users_list(usergroup="S0MANAGERS")["users"] == ["U0OMAR", "U0PRIYA"]
    assert web.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U0OMAR", "U0PRIYA"]
    assert web.users_getPresence(user="U0MIA")["presence"] == "active"
    assert not web.dnd_info(user="U0MIA")["dnd_enabled"]
    assert web.team_info()["team"]["id"] == "T0TOUGH"
    assert web.bots_info(bot="B0TOUGH")["bot"]["user_id"] == "U0TOUGH"
    assert web.emoji_list()["emoji"] == {}
    assert web.pins_list(channel=DEALS)["items"] == []
    assert web.bookmarks_list(channel_id=DEALS)["bookmarks"] == []
    names = {one["name"] for one in web.conversations_list(types="public_channel,private_channel")["channels"]}
    assert {"deals", "random", "key-accounts"} <= names
    assert "board" not in names
    mine = {one["name"] for one in web.users_conversations(user="U0OMAR", types="private_channel")["channels"]}
    assert mine == {"key-accounts"}
    assert "U0MIA" in web.conversations_members(channel=DEALS)["members"]
    web.conversations_join(channel="C0RANDOM")
    assert web.conversations_info(channel="C0RANDOM")["channel"]["is_member"]
    assert refused(web.conversations_join, channel="G0KEY") == "method_not_supported_for_channel_type"


def test_views_that_slack_would_refuse_are_refused(web: WebClient) -> None:
    def publish(**view: Any) -> str:
        return refused(web.views_publish, user_id="U0MIA", view={"type": "home", "blocks": [], **view})

    assert publish(blocks=[{"type": "divider"}] * 101) == "invalid_arguments"
    assert publish(private_metadata="x" * 3001) == "invalid_arguments"
    assert publish(callback_id="x" * 256) == "invalid_arguments"
    assert publish(type="modal") == "invalid_arguments"
    assert publish(blocks=[{"type": "table", "rows": []}]) == "invalid_arguments"
    for wrong in (
        form("x" * 25),
        {name: value for name, value in form().items() if name != "submit"},
        form(blocks=[{"type": "carousel", "elements": []}]),
        form(colour="red"),
    ):
        assert refused(web.views_open, trigger_id="1.2.abc", view=wrong) == "invalid_arguments"
    assert refused(web.views_open, trigger_id="1.2.abc", view=form()) == "invalid_trigger_id"
    assert refused(web.views_update, view_id="V0NONE", view=form()) == "not_found"


def test_the_home_tab_is_published_and_its_hash_guards_it(web: WebClient) -> None:
    view = {"type": "home", "blocks": [section("one")], "external_id": "mine"}
    first = web.views_publish(user_id="U0MIA", view=view)["view"]
    web.views_publish(user_id="U0MIA", view=view, hash=first["hash"])
    assert refused(web.views_publish, user_id="U0MIA", view=view, hash=first["hash"]) == "hash_conflict"
    assert refused(web.views_publish, user_id="U0OMAR", view=view) == "duplicate_external_id"


def raw(workspace: Workspace, method: str, body: bytes | None, **headers: str) -> tuple[int, Json]:
    token = {"Authorization": f"Bearer {workspace.tokens.bot}"}
    request = urllib.request.Request(f"{workspace.api_url}{method}", data=body, headers={**token, **headers})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return answer.status, json.loads(answer.read())


def test_arguments_come_in_every_form_that_slack_takes(workspace: Workspace) -> None:
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    json_type = {"Content-Type": "application/json"}
    assert raw(workspace, "users.info?user=U0MIA", None)[1]["ok"]
    assert raw(workspace, "users.info", b"user=U0MIA", **form_type)[1]["ok"]
    assert raw(workspace, "users.info", b'{"user": "U0MIA"}', **json_type)[1]["ok"]
    assert raw(workspace, "users.info", b"{", **json_type)[1]["error"] == "invalid_json"
    assert raw(workspace, "users.info", b"[]", **json_type)[1]["error"] == "json_not_object"
    assert raw(workspace, "users.info", b"[" * 5000, **json_type)[1]["error"] == "invalid_json"
    assert raw(workspace, "users.info", b"x", **{"Content-Type": "text/x-odd"})[1]["error"] == "invalid_post_type"
    charset = {"Content-Type": "application/json; charset=bogus"}
    assert raw(workspace, "users.info", b"{}", **charset)[1]["error"] == "invalid_charset"
    in_body = json.dumps({"token": workspace.tokens.bot, "user": "U0MIA"}).encode()
    assert raw(workspace, "users.info", in_body, **{**json_type, "Authorization": ""})[1]["error"] == "not_authed"
    in_form = f"token={workspace.tokens.bot}&user=U0MIA".encode()
    assert raw(workspace, "users.info", in_form, **{**form_type, "Authorization": ""})[1]["ok"]


def test_history_lags_on_request(web: WebClient, workspace: Workspace) -> None:
    from bot.emulator.faults import held, lag

    workspace.faults.add(lag("conversations.history", 5))
    web.chat_postMessage(channel=DEALS, text="just now")
    assert web.conversations_history(channel=DEALS)["messages"][0]["text"] != "just now"
    assert web.conversations_history(channel=DEALS)["messages"][0]["text"] == "just now"

    let_go = threading.Event()
    workspace.faults.add(held("chat.postMessage", let_go, deed=False))
    impatient = WebClient(workspace.tokens.bot, base_url=workspace.api_url, retry_handlers=[], timeout=0.3)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        impatient.chat_postMessage(channel=OTHER, text="late")
    assert web.conversations_history(channel=OTHER)["messages"][0]["text"] != "late"
    let_go.set()
    assert eventually(lambda: web.conversations_history(channel=OTHER, limit=1)["messages"][0]["text"] == "late")


def test_slack_sdks_own_retry_posts_twice_when_the_connection_breaks_after_the_deed(workspace: Workspace) -> None:
    from bot.emulator.faults import cut

    default = WebClient(workspace.tokens.bot, base_url=workspace.api_url)
    workspace.faults.add(cut("chat.postMessage", deed=True))
    with contextlib.suppress(SlackApiError):  # if its second attempt comes within the second it meets the pace
        default.chat_postMessage(channel=DEALS, text="twice?")
    assert len(workspace.traffic.calls("chat.postMessage")) == 2

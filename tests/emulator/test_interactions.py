"""Commands, clicks, shortcuts, modals and the Home tab, with a real Bolt app over Socket Mode; and their deadlines."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.emulator.client import Cannot
from bot.emulator.faults import late
from bot.emulator.stories import PATIENCE_S, Person, StoryBroken, unexpected
from bot.emulator.workspace import Workspace
from tests.emulator.rehearsal import Rehearsal, form
from tests.wire import HURRIED_S, eventually, other_bot_says

pytestmark = pytest.mark.usefixtures("rehearsal")


def test_a_command_comes_with_names_and_is_answered_for_the_asker_alone(
    mia: Person, omar: Person, rehearsal: Rehearsal
) -> None:
    mia.says("/rehearse for @omar in #general & <more>")

    answer = mia.sees("You wrote:")
    assert answer.only_you
    sent = rehearsal.heard[-1]
    assert sent["text"] == "for <@U0OMAR|omar> in <#C0GENERAL|general> &amp; &lt;more&gt;"
    assert "thread_ts" not in sent
    omar.sees_nothing_new()

    mia.says("/raw for @omar")
    assert mia.sees("for @omar").only_you


def test_an_answer_can_be_for_all(mia: Person, omar: Person) -> None:
    mia.says("/rehearse in channel")
    assert not omar.sees("For all").only_you


@pytest.mark.odd_payloads
def test_what_the_app_does_wrong_is_told_by_slackbot(mia: Person, workspace: Workspace) -> None:
    workspace.wait_for_acks(HURRIED_S)
    assert mia.says("/rehearse slow").problem == "operation_timeout"
    mia.sees("/rehearse failed with the error “operation_timeout”")
    assert mia.says("/rehearse raise").problem == "operation_timeout"  # over Socket Mode an error is silence
    mia.sees("failed with the error")
    workspace.wait_for_acks(PATIENCE_S)
    mia.says("/rehearse bad blocks")
    mia.sees("failed with the error “invalid_blocks”")
    mia.says("/nonsense")
    mia.sees("`/nonsense` is not a valid command.")


def test_commands_do_not_work_in_threads(mia: Person, workspace: Workspace, rehearsal: Rehearsal) -> None:
    other_bot_says(workspace, "root")
    root = mia.sees("root")
    mia.says("/rehearse hello", under=root)
    mia.sees("/rehearse is not supported in threads. Sorry!")
    assert all(body.get("command") is None for body in rehearsal.heard)


def test_a_trigger_opens_one_modal_within_three_seconds(mia: Person, rehearsal: Rehearsal) -> None:
    mia.says("/rehearse two forms")
    mia.sees_window("A promise")
    assert eventually(lambda: rehearsal.errors == ["exchanged_trigger_id"])
    mia.closes()

    mia.workspace.hooks.trigger_lives_s = HURRIED_S
    mia.says("/rehearse late form")
    time.sleep(HURRIED_S)
    rehearsal.let_go.set()
    assert eventually(lambda: rehearsal.errors[1:] == ["expired_trigger_id"] * 2)
    mia.sees_no_window()


@pytest.mark.odd_payloads
def test_a_response_url_serves_five_times_and_half_an_hour(
    mia: Person, rehearsal: Rehearsal, workspace: Workspace
) -> None:
    mia.says("/rehearse six")
    mia.sees("answer 5")
    assert eventually(lambda: rehearsal.errors == [str([200] * 5 + [404])])

    mia.says("/rehearse hello")
    url = rehearsal.heard[-1]["response_url"]
    workspace.advance(minutes=31)
    answer = WebhookClient(url, retry_handlers=[]).send(text="too late")
    assert (answer.status_code, "expired_url" in answer.body) == (404, True)
    assert WebhookClient(f"{url}0").send(text="x").status_code == 404
    mia.says("/rehearse hello")
    bad = WebhookClient(rehearsal.heard[-1]["response_url"]).send_dict({"blocks": [{"type": "banner"}]})
    assert (bad.status_code, bad.body) == (400, "invalid_blocks")


def test_a_click_on_what_one_person_sees_carries_no_message_and_can_replace_or_drop_it(
    mia: Person, rehearsal: Rehearsal
) -> None:
    mia.says("/rehearse buttons")
    answer = mia.sees("drop")
    mia.clicks("more")
    assert mia.sees("Replaced").message is answer.message
    click = next(body for body in rehearsal.heard if body.get("type") == "block_actions")
    assert click["container"]["is_ephemeral"]
    assert "message" not in click

    mia.says("/rehearse buttons")
    gone = mia.sees("drop")
    mia.clicks("drop")
    assert eventually(lambda: gone.message.ts not in mia.workspace.state.channels["C0DEALS"].messages)


def test_a_click_on_what_all_see_carries_the_message_and_its_state(
    mia: Person, rehearsal: Rehearsal, web: WebClient
) -> None:
    options = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("One", "Two")]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    web.chat_postMessage(
        channel="C0DEALS", text="Choose", blocks=[{"type": "actions", "block_id": "b", "elements": [menu]}]
    )
    mia.sees("One")

    mia.chooses("Two")

    click = next(body for body in rehearsal.heard if body.get("type") == "block_actions")
    assert click["message"]["text"] == "Choose"
    assert click["actions"][0]["selected_option"]["value"] == "Two"
    assert click["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "Two"


def test_a_modal_is_answered_with_an_error_and_then_rightly(mia: Person, omar: Person) -> None:
    mia.says("/rehearse form")
    mia.sees_window("A promise", "As on the contract")

    assert mia.submits().problem == "client_validation"  # Slack's own client asks for what is missing
    mia.sees_window("Please complete this required field.")
    mia.fills("Customer", "nobody")
    mia.fills("How", "Call")
    mia.submits()
    mia.sees_window("There is no such customer.")
    mia.fills("Customer", "Acme")
    mia.submits()

    mia.sees_no_window()
    omar.sees("Kept for Acme: kept")


@pytest.mark.parametrize(
    ("customer", "then"), [("again", "Again"), ("more", "More"), ("all", ""), ("wrong", "trouble"), ("late", "trouble")]
)
@pytest.mark.odd_payloads
def test_what_a_submission_may_lead_to(mia: Person, workspace: Workspace, customer: str, then: str) -> None:
    mia.says("/rehearse form")
    mia.sees_window("A promise")
    mia.fills("Customer", customer)
    mia.fills("How", "Mail")
    if customer == "late":
        workspace.wait_for_acks(HURRIED_S)

    mia.submits()

    if then:
        mia.sees_window(then)
    else:
        mia.sees_no_window()


def test_three_modals_are_the_most_and_what_was_typed_stays(mia: Person, rehearsal: Rehearsal) -> None:
    mia.says("/rehearse form")
    for title in ("A promise", "More", "More"):
        mia.sees_window(title)
        mia.fills("Customer", "more")
        mia.fills("How", "Mail")
        mia.submits()
    assert "trouble" in mia.sees_window("trouble")
    assert len(mia.workspace.modals.stack(mia.id)) == 3
    view = mia.workspace.modals.as_json(mia.workspace.modals.stack(mia.id)[-1])
    assert view["state"]["values"]["customer"]["name"]["value"] == "more"
    assert view["state"]["values"]["day"]["date"] == {"type": "datepicker", "selected_date": None}
    assert view["root_view_id"] != view["id"]
    mia.closes()
    assert len(mia.workspace.modals.stack(mia.id)) == 2


def test_a_closed_modal_is_told_if_the_app_asked_for_it(mia: Person, rehearsal: Rehearsal) -> None:
    mia.says("/rehearse form")
    mia.sees_window("A promise")
    mia.closes()
    assert eventually(lambda: rehearsal.heard[-1]["type"] == "view_closed")


def test_shortcuts(mia: Person, workspace: Workspace, rehearsal: Rehearsal) -> None:
    other_bot_says(workspace, "a long story")
    message = mia.sees("a long story")
    mia.uses("Look at this", on=message)
    assert mia.sees("You looked at: a long story").only_you

    mia.uses("Begin")
    mia.sees_window("Begin")
    assert "channel" not in next(body for body in rehearsal.heard if body.get("type") == "shortcut")
    with pytest.raises(Cannot):
        mia.uses("Nothing", on=message)


def test_the_home_tab_is_drawn_when_it_is_opened(mia: Person, rehearsal: Rehearsal) -> None:
    mia.opens_home()
    mia.sees_home("Your open items")
    mia.opens_home()
    assert eventually(lambda: rehearsal.heard[-1]["event"].get("view") is not None)


def test_events_of_what_people_do(mia: Person, omar: Person, workspace: Workspace, rehearsal: Rehearsal) -> None:
    mia.says("@rehearsal *look* `here` :tada: https://x.example/a")
    seen = omar.sees("look")
    mia.edits(seen, "look again")
    mia.deletes(seen)
    workspace.call(workspace.client.react, "U0OMAR", "C0DEALS", workspace.messages()[1].ts, "eyes")
    mia.says("/invite @rehearsal", to="random")
    mia.says("hello", to="random")
    mia.says("between us", to="omar")

    def heard() -> list[str]:
        events = [body["event"] for body in rehearsal.heard if "event" in body]
        return sorted(f"{event['type']} {event.get('subtype', '')}".strip() for event in events)

    wanted = ["reaction_added", "app_mention", "member_joined_channel", "message", "message", "message message_changed"]
    eventually(lambda: len(heard()) > len(wanted))
    assert heard() == sorted([*wanted, "message message_deleted"])
    (mention,) = [body["event"] for body in rehearsal.heard if body.get("event", {}).get("type") == "app_mention"]
    assert mention["text"].startswith("<@U0TOUGH> *look*")
    styles = [part.get("style") for part in mention["blocks"][0]["elements"][0]["elements"]]
    assert {"bold": True} in styles
    assert {"code": True} in styles


def test_the_app_hears_its_own_messages(web: WebClient, workspace: Workspace) -> None:
    web.chat_postMessage(channel="C0DEALS", text="mine")
    assert eventually(lambda: len(workspace.traffic.deliveries("message")) == 1)
    event = workspace.traffic.deliveries("message")[0].sent["event"]
    assert (event["bot_id"], event["text"], event["channel_type"]) == ("B0TOUGH", "mine", "channel")


def test_what_cannot_be_done_is_told_in_a_sentence(mia: Person, workspace: Workspace) -> None:
    def cannot(place: str, text: str) -> str:
        with pytest.raises(Cannot) as caught:
            mia.says(text, to=place)
        return str(caught.value)

    assert "no conversation" in cannot("board", "x")
    assert "archived" in cannot("closed-2025", "x")
    assert "nothing to send" in cannot("deals", "  ")
    assert "40000" in cannot("deals", "x" * 40_001)
    other_bot_says(workspace, "theirs")
    with pytest.raises(Cannot, match="of your own"):
        mia.edits(mia.sees("theirs"), "x")
    mia.says("@rehearsal are you here?", to="random")
    mia.sees("is not in this channel")
    mia.says("/invite", to="random")
    mia.sees("Write whom")


def test_a_story_that_does_not_happen_breaks_with_what_is_there(mia: Person, workspace: Workspace) -> None:
    other_bot_says(workspace, "something else")
    with pytest.raises(StoryBroken, match="something else"):
        mia.sees("a unicorn", within=0.1)
    for step in (lambda: mia.clicks("Fly"), mia.submits, lambda: mia.sees_window("x", within=0.1)):
        with pytest.raises(StoryBroken):
            step()
    with pytest.raises(StoryBroken):
        mia.sees_home("x", within=0.1)


def test_an_external_menu_is_filled_by_the_app(rehearsal: Rehearsal, mia: Person, web: WebClient) -> None:
    @rehearsal.app.options("find")
    def find(ack: Any, payload: dict[str, Any]) -> None:
        ack(options=[{"text": {"type": "plain_text", "text": f"{payload['value']}!"}, "value": "1"}])

    menu = {"type": "external_select", "action_id": "find", "min_query_length": 1}
    block = {"type": "actions", "block_id": "b", "elements": [menu]}
    asked = {"type": "section", "text": {"type": "mrkdwn", "text": "Whom do you look for?"}}
    web.chat_postMessage(channel="C0DEALS", text="Find", blocks=[asked, block])
    message = mia.sees("Whom do you look for?").message
    workspace = mia.workspace
    found = workspace.do(workspace.interactions.options("U0MIA", message, "b", "find", "ac"))
    assert [one["text"]["text"] for one in found] == ["ac!"]


def test_the_log_holds_every_exchange_in_order_with_its_time(mia: Person, workspace: Workspace) -> None:
    mia.says("/rehearse form")
    mia.sees_window("A promise")
    assert eventually(lambda: all(entry.ok for entry in workspace.traffic.entries))
    kinds = [entry.kind for entry in workspace.traffic.entries]
    assert kinds == ["apps.connections.open", "/rehearse", "auth.test", "views.open"]
    assert all(entry.took_ms is not None for entry in workspace.traffic.entries)


def test_a_button_in_a_coloured_attachment_can_be_clicked(mia: Person, rehearsal: Rehearsal, web: WebClient) -> None:
    button = {"type": "button", "action_id": "pick", "text": {"type": "plain_text", "text": "I have it"}}
    page = {"color": "#d00000", "blocks": [{"type": "actions", "elements": [button]}]}
    web.chat_postMessage(channel="C0DEALS", text="Acme needs you", attachments=[page])
    posted = mia.sees("Acme needs you")
    assert posted.attachments[0]["color"] == "d00000"

    mia.clicks("I have it")

    click = next(body for body in rehearsal.heard if body.get("type") == "block_actions")
    assert click["actions"][0]["block_id"] == posted.attachments[0]["blocks"][0]["block_id"]


def test_what_was_typed_is_gone_once_its_field_has_another_id(mia: Person, web: WebClient) -> None:
    mia.says("/rehearse form")
    mia.sees_window("A promise")
    mia.fills("Customer", "Acme")
    (view,) = mia.workspace.modals.stack(mia.id)
    renamed = form()
    renamed["blocks"][0]["block_id"] = "another"
    web.views_update(view_id=view.id, view=renamed)
    web.views_update(view_id=view.id, view=form())
    values = mia.workspace.modals.as_json(view)["state"]["values"]
    assert values["customer"]["name"]["value"] is None


def test_only_something_done_in_a_modal_can_push_another_upon_it(
    mia: Person, rehearsal: Rehearsal, web: WebClient
) -> None:
    mia.says("/rehearse form")
    mia.sees_window("A promise")
    mia.says("/rehearse hello")
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        web.views_push(trigger_id=rehearsal.heard[-1]["trigger_id"], view=form())


def test_messages_that_only_one_person_sees_take_no_reactions_and_no_replies(mia: Person) -> None:
    mia.says("/rehearse hello")
    private = mia.sees("You wrote: hello")
    with pytest.raises(Cannot, match="no reactions"):
        mia.workspace.call(mia.workspace.client.react, mia.id, "deals", private.message.ts, "eyes")
    with pytest.raises(Cannot, match="only you see"):
        mia.says("a reply", under=private)


def test_what_the_app_posted_and_took_away_again_unseen_is_unexpected(mia: Person, web: WebClient) -> None:
    ts = web.chat_postMessage(channel="C0DEALS", text="oops")["ts"]
    web.chat_delete(channel="C0DEALS", ts=ts)
    assert [seen.text for seen in unexpected(mia.workspace)] == ["oops"]


def test_a_version_that_looks_like_the_last_one_was_seen_with_it(mia: Person, web: WebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "two *options*"}}]
    ts = web.chat_postMessage(channel="C0DEALS", text="options", blocks=blocks)["ts"]
    mia.sees("two *options*")
    web.chat_update(channel="C0DEALS", ts=ts, text="options", blocks=blocks)
    assert unexpected(mia.workspace) == []
    web.chat_update(channel="C0DEALS", ts=ts, text="options", blocks=[{**blocks[0], "type": "section"}] * 2)
    assert len(unexpected(mia.workspace)) == 1


def test_what_goes_wrong_on_request_does_so_for_a_response_url_as_for_any_call(
    mia: Person, rehearsal: Rehearsal, workspace: Workspace
) -> None:
    mia.says("/rehearse hello")
    mia.sees("You wrote: hello")
    hook = WebhookClient(rehearsal.heard[-1]["response_url"], retry_handlers=[])
    workspace.faults.add(late("response_url", 0.5))
    began = time.monotonic()
    assert hook.send(text="in the end").status_code == 200
    assert time.monotonic() - began >= 0.5
    mia.sees("in the end")

"""What people do with an app: commands, clicks, shortcuts, modals, the Home tab. Slack's part of it."""

import json
from typing import Any

from bot.emulator.block_rules import MODAL
from bot.emulator.dispatch import AckOutcome, Dispatcher
from bot.emulator.errors import Json, Refused
from bot.emulator.hooks import Hooks
from bot.emulator.manifest import Command, Shortcut
from bot.emulator.modals import Modals
from bot.emulator.model import Conversation, PostedMessage, View
from bot.emulator.responses import Responses
from bot.emulator.state import WorkspaceState
from bot.emulator.text import clickables, mentioned, typed
from bot.emulator.views import inputs_of, values_of, view_problems, what_is_missing

# which of a person's two names stands in which payload, by Slack's own types
_NAMED_AS = {"shortcut": ("username",), "view_submission": ("name",), "view_closed": ("name",)}
# clicks, shortcuts and commands of an outsider come with our organisation, their windows with theirs: there only
# app_installed_team_id is ours (slackapi/bolt-js#1614)
_OF_VIEWS = ("view_submission", "view_closed")
_TROUBLE = "We had some trouble connecting. Try again?"


class Interactions:
    """Carries out what people do. *base_url* is where the emulator serves, with a final slash."""

    def __init__(
        self, state: WorkspaceState, modals: Modals, hooks: Hooks, delivery: Dispatcher, responses: Responses
    ) -> None:
        self._state = state
        self._modals = modals
        self._hooks = hooks
        self._delivery = delivery
        self._responses = responses
        self.base_url = ""

    # commands

    def command_payload(self, user: str, channel: Conversation, command: Command, text: str) -> Json:
        """The body of a slash command; *text* as the person typed it."""
        people, channels = self._state.names()
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return {
            "token": self._delivery.token,
            "team_id": self._state.team_id,
            "team_domain": self._state.seed.team_domain,
            "channel_id": channel.id,
            "channel_name": self._channel_name(channel),
            "user_id": user,
            "user_name": self._state.users[user].name,
            "command": command.command,
            "text": typed(text, people, channels, names=True) if command.should_escape else escaped,
            "api_app_id": self._state.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(user, channel),
            "trigger_id": self._hooks.new_trigger(user, place=channel.id),
        }

    async def command(self, user: str, channel: Conversation, command: Command, text: str) -> AckOutcome:
        """Use a slash command; the answer in its acknowledgement is shown."""
        payload = self.command_payload(user, channel, command, text)
        self._state.journal.type(user, payload["text"], channel.id, to=mentioned(payload["text"]))
        outcome = await self._delivery.send("slash_commands", payload)
        problem = outcome.problem
        if outcome.ok:
            try:
                self._responses.show_answer(user, channel.id, outcome.answer)
            except Refused as refused:
                problem = refused.error
        if problem:
            word = {"timeout": "operation_timeout", "http_timeout": "operation_timeout"}.get(outcome.problem)
            shown = word or ("dispatch_failed" if outcome.problem else problem)
            self._state.slackbot_says(channel, user, f"{command.command} failed with the error “{shown}”")
            return AckOutcome(shown)
        return outcome

    # clicks

    async def click(
        self, user: str, message: PostedMessage, block_id: str, action_id: str, chosen: Json | None = None
    ) -> AckOutcome:
        """Click or choose something in a message; *chosen* is what `state.values` then holds of it."""
        element = _element(message.all_blocks, block_id, action_id)
        channel = self._state.channels[message.channel]
        state = message.states.setdefault(user, {})
        if chosen is not None:
            state.setdefault(block_id, {})[action_id] = chosen
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": bool(message.only_for),
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = {
            **self._interaction("block_actions", user),
            "container": container,
            "channel": {"id": channel.id, "name": self._channel_name(channel)},
            "state": {"values": values_of(message.all_blocks, state)},
            "response_url": self._response_url(user, channel, message),
            "trigger_id": self._hooks.new_trigger(user, place=channel.id),
            "actions": [self._action(element, block_id, chosen)],
        }
        if not message.only_for:
            payload["message"] = self._state.event_message(message)
        return await self._delivery.send("interactive", payload)

    async def click_in_view(
        self, view: View, block_id: str, action_id: str, chosen: Json | None = None, *, silently: bool = False
    ) -> AckOutcome:
        """Click or choose something in a modal or Home tab. An input tells the app only if it asks for it."""
        element = _element(view.blocks, block_id, action_id)
        if chosen is not None:
            view.state.setdefault(block_id, {})[action_id] = chosen
            view.errors.pop(block_id, None)
        block = next((one for one in view.blocks if one.get("block_id") == block_id), {})
        if silently or (block.get("type") == "input" and not block.get("dispatch_action")):
            return AckOutcome()
        payload = {
            **self._interaction("block_actions", view.user),
            "container": {"type": "view", "view_id": view.id},
            "view": self._modals.as_json(view),
            "trigger_id": self._hooks.new_trigger(view.user, in_modal=view.body["type"] == "modal"),
            "actions": [self._action(element, block_id, chosen)],
        }
        return await self._delivery.send("interactive", payload)

    async def options(
        self, user: str, container: PostedMessage | View, block_id: str, action_id: str, value: str
    ) -> Any:
        """What an external menu offers for the letters *value*."""
        payload = {
            **self._interaction("block_suggestion", user),
            "action_id": action_id,
            "block_id": block_id,
            "value": value,
        }
        if isinstance(container, View):
            payload |= {"container": {"type": "view", "view_id": container.id}, "view": self._modals.as_json(container)}
        else:
            payload |= {
                "container": {"type": "message", "message_ts": container.ts, "channel_id": container.channel},
                "channel": {"id": container.channel, "name": "directmessage"},
            }
        outcome = await self._delivery.send("interactive", payload)
        return outcome.answer.get("options") or [] if isinstance(outcome.answer, dict) else []

    # shortcuts

    async def message_shortcut(self, user: str, shortcut: Shortcut, message: PostedMessage) -> AckOutcome:
        """Use a shortcut on a message."""
        channel = self._state.channels[message.channel]
        payload = {
            **self._interaction("message_action", user),
            "callback_id": shortcut.callback_id,
            "trigger_id": self._hooks.new_trigger(user, place=channel.id),
            "response_url": self._response_url(user, channel),
            "action_ts": self._state.new_ts(),
            "message_ts": message.ts,
            "message": self._state.event_message(message),
            "channel": {"id": channel.id, "name": self._channel_name(channel)},
        }
        return await self._delivery.send("interactive", payload)

    async def global_shortcut(self, user: str, shortcut: Shortcut) -> AckOutcome:
        """Use a shortcut from the search bar or the lightning menu: it knows of no channel."""
        payload = {
            **self._interaction("shortcut", user),
            "callback_id": shortcut.callback_id,
            "trigger_id": self._hooks.new_trigger(user),
            "action_ts": self._state.new_ts(),
        }
        return await self._delivery.send("interactive", payload)

    # modals

    async def submit(self, view: View) -> AckOutcome:
        """
        Submit a modal: what Slack's client finds missing is shown at once, the rest is up to the app.

        One that is not open any more is not submitted: Slack has forgotten it.
        """
        if not self._modals.is_open(view):
            view.failure = _TROUBLE
            return AckOutcome("view_not_found")
        view.failure = ""
        view.errors = what_is_missing(view.blocks, values_of(view.blocks, view.state))
        if view.errors:
            self._state.on_change()
            return AckOutcome("client_validation")
        self._note(view)
        payload = {
            **self._interaction("view_submission", view.user),
            "trigger_id": self._hooks.new_trigger(view.user, in_modal=view.body["type"] == "modal"),
            "view": self._modals.as_json(view),
            "response_urls": self._response_urls(view),
        }
        outcome = await self._delivery.send("interactive", payload)
        problem = outcome.problem or self._after_submission(view, outcome.answer)
        if problem:
            view.failure = _TROUBLE
        self._state.on_change()
        return AckOutcome(problem, outcome.answer)

    async def close(self, view: View, *, everything: bool = False) -> AckOutcome:
        """Close a modal by its button or cross."""
        everything = everything or bool(view.body.get("clear_on_close"))
        payload = {
            **self._interaction("view_closed", view.user),
            "view": self._modals.as_json(view),
            "is_cleared": everything,
        }
        self._modals.close(view, everything=everything)
        return await self._delivery.send("interactive", payload) if view.body.get("notify_on_close") else AckOutcome()

    async def open_home(self, user: str, tab: str) -> None:
        """Open the app's Home or Messages tab (*tab* is home or messages); what was published before comes with it."""
        channel, _ = self._state.direct([user, self._state.bot_user_id])
        home = self._modals.homes.get(user)
        view = {"view": self._modals.as_json(home)} if home is not None and tab == "home" else {}
        self._state.tell("app_home_opened", {"user": user, "channel": channel.id, "tab": tab, **view})

    def _note(self, view: View) -> None:
        """Keep for the journal what was typed into *view*, and to whom it was given there."""
        entered = [one for fields in values_of(view.blocks, view.state).values() for one in fields.values()]
        text = "\n".join(str(one["value"]) for one in entered if one.get("value"))
        to_all, to = _named_in(str(view.body.get("private_metadata") or "")), mentioned(text)
        for one in entered:
            to_all |= {one.get("selected_conversation"), one.get("selected_channel")} - {None}
            to_all |= {*one.get("selected_conversations", ()), *one.get("selected_channels", ())}
            to |= {one.get("selected_user"), *one.get("selected_users", ())} - {None}
        self._state.journal.type(view.user, text, "" if to_all else view.place, to_all=to_all, to=to)

    def _after_submission(self, view: View, answer: Any) -> str:
        """Do what the app's acknowledgement asks for; what is wrong with it, or nothing."""
        if not isinstance(answer, dict) or not answer.get("response_action"):
            self._modals.close(view)
            return ""
        action = answer["response_action"]
        if action == "clear":
            self._modals.close(view, everything=True)
        elif action == "errors":
            return self._show_errors(view, answer.get("errors"))
        elif action in ("update", "push"):
            found = view_problems(answer.get("view"), MODAL)
            if found:
                return f"invalid view: {found[0]}"
            try:
                if action == "update":
                    self._modals.update(view, answer["view"])
                else:
                    self._modals.push(view.user, answer["view"])
            except Refused as refused:
                return refused.error
        else:
            return f"unknown response_action {action}"
        return ""

    def _show_errors(self, view: View, errors: Any) -> str:
        inputs = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            return "errors must name input blocks"
        view.errors = {str(block_id): str(text) for block_id, text in errors.items()}
        return ""

    def _response_urls(self, view: View) -> list[Json]:
        urls = []
        values = values_of(view.blocks, view.state)
        for block_id, action_id, element, _ in inputs_of(view.blocks):
            chosen = values[block_id][action_id].get("selected_conversation")
            if element.get("response_url_enabled") and chosen:
                url = self._response_url(view.user, self._state.channels[chosen])
                urls.append({"block_id": block_id, "action_id": action_id, "channel_id": chosen, "response_url": url})
        return urls

    # parts

    def _interaction(self, kind: str, user: str) -> Json:
        person = self._state.users[user]
        return {
            "type": kind,
            "user": {
                "id": user,
                **dict.fromkeys(_NAMED_AS.get(kind, ("username", "name")), person.name),
                "team_id": self._state.people.team_of(user),
            },
            "token": self._delivery.token,
            "team": self._team(user if kind in _OF_VIEWS else ""),
            "is_enterprise_install": False,
            # shortcuts alone do not tell it
            **({} if kind in ("message_action", "shortcut") else {"api_app_id": self._state.app_id}),
        }

    def _team(self, user: str) -> Json:
        """Our organisation; or that of *user*."""
        others = {one.id: one for one in self._state.seed.organisations}
        if user and (home := others.get(self._state.people.team_of(user))) is not None:
            return {"id": home.id, "domain": home.domain}
        return {"id": self._state.team_id, "domain": self._state.seed.team_domain}

    def _action(self, element: Json, block_id: str, chosen: Json | None) -> Json:
        carried = ("action_id", "text", "value", "style", "url", "placeholder", "initial_option", "initial_options")
        action = {name: element[name] for name in carried if name in element}
        if element["type"] != "button":
            action.pop("text", None)
        return {
            **action,
            **(chosen or {}),
            "block_id": block_id,
            "type": element["type"],
            "action_ts": self._state.new_ts(),
        }

    def _response_url(self, user: str, channel: Conversation, message: PostedMessage | None = None) -> str:
        token = self._hooks.new_hook(user, channel.id, self._state.now_s, message=message)
        return f"{self.base_url}response/{token}"

    def _channel_name(self, channel: Conversation) -> str:
        return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def _named_in(note: str) -> set[str]:
    """The channel that an app's own note on a window names as the one that the words are for, where it keeps one so."""
    try:
        kept = json.loads(note)
    except ValueError:
        return set()
    return {kept["channel"]} if isinstance(kept, dict) and isinstance(kept.get("channel"), str) else set()


def _element(blocks: list[Json], block_id: str, action_id: str) -> Json:
    """What was clicked. Raises Refused if it is not there any more."""
    for block, element in clickables(blocks):
        if block.get("block_id") == block_id and element.get("action_id") == action_id:
            return element
    raise Refused("no_such_element")

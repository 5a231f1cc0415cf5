"""Answers to what people do: in the acknowledgement of a command, and through a `response_url`."""

import json
from typing import Any

from aiohttp import web

from bot.emulator.errors import Json, Refused
from bot.emulator.exchange import HttpAnswer, exchange
from bot.emulator.faults import Faults
from bot.emulator.hooks import Hook, Hooks
from bot.emulator.methods import Args
from bot.emulator.methods.content import Content, full_content_of
from bot.emulator.model import PostedMessage
from bot.emulator.state import WorkspaceState
from bot.emulator.traffic import Traffic

_NOT_FOUND = ("invalid_url", "expired_url", "used_url")


class Responses:
    """Shows what an app answers."""

    def __init__(self, state: WorkspaceState, hooks: Hooks, traffic: Traffic, faults: Faults) -> None:
        self._state = state
        self._hooks = hooks
        self._traffic = traffic
        self._faults = faults

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One POST to a `response_url`."""
        body = _body(await request.text())
        now = self._state.clock.now().isoformat()
        entry = self._traffic.begin("from app", "response_url", body, now, address=request.path)
        fault = self._faults.next_for("response_url")
        token = request.match_info["token"]
        return await exchange(request, self._traffic, entry, fault, lambda: self._answer(token, body))

    def _answer(self, token: str, body: Json) -> HttpAnswer:
        try:
            hook = self._hooks.use_hook(token, self._state.now_s)
            self._carry_out(hook, body)
        except Refused as refused:
            if refused.error in _NOT_FOUND:
                return HttpAnswer(404, {}, {"ok": False, "error": refused.error})
            return HttpAnswer(400, {}, refused.error)
        return HttpAnswer(200, {}, "ok")

    def _carry_out(self, hook: Hook, body: Json) -> None:
        args = Args(body)
        clicked = hook.message
        here = clicked is not None and clicked.ts in self._state.channels[hook.channel].messages
        if clicked is not None and args.flag("delete_original"):
            if here:
                self._state.delete(clicked)
            return
        if args.text("response_type") not in ("", "ephemeral", "in_channel"):
            raise Refused("invalid_response_type")
        content = full_content_of(args)
        if clicked is not None and args.flag("replace_original"):
            if here:
                # unlike chat.update it replaces the whole message
                self._state.edit(clicked, content.text or "", content.blocks or [], content.attachments or [])
            return
        self.show(hook.user, hook.channel, content, args, args.text("thread_ts") or "")

    def show(self, user: str, channel_id: str, content: Content, args: Args, thread_ts: str) -> PostedMessage:
        """A new message: for *user* alone, or with response_type in_channel for all."""
        channel = self._state.channels[channel_id]
        for_all = args.text("response_type") == "in_channel"
        root = channel.messages.get(thread_ts)
        return self._state.post_as_app(
            channel,
            content.text or "",
            blocks=content.blocks,
            attachments=content.attachments or [],
            thread_ts=(root.thread_ts or root.ts) if root else "",
            only_for="" if for_all else user,
        )

    def show_answer(self, user: str, channel_id: str, answer: Any) -> None:
        """What the acknowledgement of a command carried. Raises Refused for what cannot be shown."""
        if isinstance(answer, str):
            answer = {"text": answer}
        if not isinstance(answer, dict) or not answer:
            return
        args = Args(answer)
        self.show(user, channel_id, full_content_of(args), args, "")


def _body(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}

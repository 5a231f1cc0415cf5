"""What one person sees of the workspace, as the page draws it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.emulator.modals import Modals
from bot.emulator.model import SLACKBOT, Conversation, PostedMessage, User, View
from bot.emulator.state import WorkspaceState
from bot.emulator.views import values_of

Json = dict[str, Any]

_MOST_SHOWN = 300  # of one conversation, the newest


def screen(state: WorkspaceState, modals: Modals, user: str) -> Json:
    """Everything that *user* can see now."""
    channels = [channel for channel in state.channels.values() if _listed(state, channel, user)]
    home = modals.homes.get(user)
    stack = modals.stack(user)
    return {
        "me": user,
        "team": state.seed.team_name,
        "now": state.clock.now().isoformat(),
        "people": [_person(one) for one in state.users.values() if one.id != SLACKBOT],
        "slackbot": SLACKBOT,
        "app": {
            "user": state.bot_user_id,
            "name": state.manifest.name,
            "home_tab": state.manifest.home_tab,
            "messages_tab": state.manifest.messages_tab,
            "commands": [
                {"command": c.command, "description": c.description, "hint": c.usage_hint}
                for c in state.manifest.commands
            ],
            "shortcuts": [{"name": s.name, "id": s.callback_id, "kind": s.kind} for s in state.manifest.shortcuts],
        },
        "opens": state.seed.first,
        "hints": _hints(state),
        "channels": [_channel(state, channel, user) for channel in channels],
        "home": _view(modals, home) if home is not None else None,
        "modal": _view(modals, stack[-1]) if stack else None,
        "modals_below": max(0, len(stack) - 1),
    }


def _hints(state: WorkspaceState) -> Json:
    """What stands below the message boxes of a channel and of a thread, and at the beginning of a talk with the app."""
    first = next(iter(state.manifest.commands), None)
    tried = state.seed.hint or (f"Try:  {first.command} {first.usage_hint}".rstrip() if first else "")
    in_thread = f"Commands do not work in threads. Mention @{state.manifest.name}." if first else ""
    in_channel = "   ·   ".join(filter(None, [tried, "Shift+Enter for a new line"]))
    return {"channel": in_channel, "thread": in_thread, "direct": state.seed.direct_hint}


def _listed(state: WorkspaceState, channel: Conversation, user: str) -> bool:
    if channel.is_direct:
        return user in channel.members
    return not channel.archived and state.people.may_open(user, channel)


def _person(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "title": user.title,
        "tz": user.tz,
        "is_bot": user.is_bot,
        "presence": user.presence,
    }


def _channel(state: WorkspaceState, channel: Conversation, user: str) -> Json:
    others = [member for member in channel.members if member != user]
    seen = [message for message in channel.messages.values() if message.only_for in ("", user)]
    threads: dict[str, list[PostedMessage]] = {}
    for one in seen:
        if one.is_reply and not one.only_for:
            threads.setdefault(one.thread_ts, []).append(one)
    unread = [one for one in seen if _is_unread(channel, one, user, threads)]
    return {
        "id": channel.id,
        "name": channel.name,
        "kind": channel.kind,
        "purpose": channel.purpose,
        "with": others if channel.is_direct else [],
        "members": len(channel.members),
        "is_member": user in channel.members,
        "app_is_member": state.bot_user_id in channel.members,
        "last_read": channel.last_read.get(user, "0"),
        "unread": len(unread),
        "mentions": sum(channel.is_direct or f"<@{user}" in one.text for one in unread),
        "messages": [_message(one, user, threads.get(one.ts, [])) for one in seen[-_MOST_SHOWN:]],
    }


def _is_unread(
    channel: Conversation, message: PostedMessage, user: str, threads: Mapping[str, Sequence[PostedMessage]]
) -> bool:
    if message.user == user or float(message.ts) <= float(channel.last_read.get(user, "0")):
        return False
    if not message.is_reply or message.broadcast or channel.is_direct:
        return True
    root = channel.messages.get(message.thread_ts)
    followed = (root is not None and root.user == user) or f"<@{user}" in message.text or message.only_for == user
    return followed or any(reply.user == user for reply in threads.get(message.thread_ts, ()))


def _message(message: PostedMessage, user: str, replies: Sequence[PostedMessage]) -> Json:
    states = message.states.get(user, {})
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts,
        "is_reply": message.is_reply,
        "broadcast": message.broadcast,
        "only_you": bool(message.only_for),
        "by_app": bool(message.bot_id),
        "edited": bool(message.edited),
        "gone": message.subtype == "tombstone",
        "files": [{"name": one["name"], "size": one["size"]} for one in message.files],
        "reactions": [{"name": name, "users": users} for name, users in message.reactions.items() if users],
        "replies": len(replies),
        "reply_users": _distinct(reply.user for reply in replies),
        "latest_reply": replies[-1].ts if replies else "",
        "values": values_of(message.all_blocks, states) if message.bot_id else {},
    }


def _distinct(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))[:5]


def _view(modals: Modals, view: View) -> Json:
    return {
        "id": view.id,
        "hash": view.hash,
        "type": view.body["type"],
        "title": view.body.get("title"),
        "submit": view.body.get("submit"),
        "close": view.body.get("close"),
        "blocks": view.blocks,
        "values": values_of(view.blocks, view.state),
        "errors": view.errors,
        "failure": view.failure,
    }

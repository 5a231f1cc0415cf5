"""`conversations.*` and `users.conversations`."""

import math
from collections.abc import Sequence

from bot.emulator.errors import Json, Refused
from bot.emulator.methods.call import Call, every_kind, method
from bot.emulator.methods.cursors import limit_of, page_of
from bot.emulator.model import Conversation, PostedMessage

_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


@method("conversations.info", *every_kind("read"))
def _info(call: Call) -> Json:
    channel = call.channel()
    call.need_scope(channel, "read")
    shown = channel.as_json(call.state.team_id, call.state.bot_user_id)
    if call.args.flag("include_num_members") and channel.kind != "im":
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@method("conversations.list", *every_kind("read"), tier=2)
def _list(call: Call) -> Json:
    return _listed(call, _of_types(call, call.state.bot_user_id))


@method("users.conversations", *every_kind("read"))
def _of_user(call: Call) -> Json:
    user = call.user().id if call.args.text("user") else call.state.bot_user_id
    return _listed(call, [channel for channel in _of_types(call, user) if user in channel.members])


@method("conversations.members", *every_kind("read"), tier=4)
def _members(call: Call) -> Json:
    channel = call.channel()
    call.need_scope(channel, "read")
    page, metadata = page_of(channel.members, call.args)
    return {"members": page, "response_metadata": metadata}


@method("conversations.open", "im:write", "mpim:write")
def _open(call: Call) -> Json:
    if call.args.text("channel"):
        channel = call.channel()
        if not channel.is_direct:
            raise Refused("method_not_supported_for_channel_type")
        already = True
    else:
        users = call.args.ids("users")
        if not users:
            raise Refused("users_list_not_supplied")
        if len(users) > 8:
            raise Refused("too_many_users")
        call.need_scopes(["im:write" if len(users) == 1 else "mpim:write"])
        for one in users:
            _may_be_written_to(call, one)
        channel, already = call.state.direct([*users, call.state.bot_user_id])
    if call.args.flag("return_im"):
        return {
            "channel": channel.as_json(call.state.team_id, call.state.bot_user_id),
            "no_op": already,
            "already_open": already,
        }
    return {"channel": {"id": channel.id}, **({"no_op": True, "already_open": True} if already else {})}


@method("conversations.join", "channels:join")
def _join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if call.is_member(channel):
        warning = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"channel": channel.as_json(call.state.team_id, call.state.bot_user_id), **warning}
    call.state.join(channel, call.state.bot_user_id)
    return {"channel": channel.as_json(call.state.team_id, call.state.bot_user_id)}


@method("conversations.history", *every_kind("history"))
def _history(call: Call) -> Json:
    channel = _readable(call)
    shown = [m for m in channel.messages.values() if not m.is_reply or m.broadcast]
    found = _in_bounds(call, call.there(shown))
    # with `oldest` alone Slack pages forward from it; else backward from the newest
    forward = call.args.has("oldest") and not call.args.has("latest")
    page, metadata = page_of(found if forward else found[::-1], call.args)
    newest_first = page[::-1] if forward else page
    return {
        "messages": [_shown(call, channel, one) for one in newest_first],
        "has_more": bool(metadata["next_cursor"]),
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        **({"response_metadata": metadata} if metadata["next_cursor"] else {}),
    }


@method("conversations.replies", *every_kind("history"))
def _replies(call: Call) -> Json:
    channel = _readable(call)
    root = channel.messages.get(call.args.need("ts"))
    if root is None or root.only_for or not call.there([root]):
        raise Refused("thread_not_found")
    found = _in_bounds(call, call.there(channel.replies(root.ts)))
    limit = limit_of(call.args, 1000)
    if call.args.has("latest") or not call.args.has("limit"):
        found = found if limit >= len(found) or not call.args.has("latest") else found[-limit:]
    page, metadata = page_of(found, call.args, 1000)
    first = [] if call.args.text("cursor") else [root]
    return {
        "messages": [_shown(call, channel, one) for one in [*first, *page]],
        "has_more": bool(metadata["next_cursor"]),
        **({"response_metadata": metadata} if metadata["next_cursor"] else {}),
    }


def _readable(call: Call) -> Conversation:
    channel = call.channel()
    call.need_scope(channel, "history")
    if not call.is_member(channel):
        raise Refused("not_in_channel")
    return channel


def _in_bounds(call: Call, messages: Sequence[PostedMessage]) -> list[PostedMessage]:
    oldest, latest = _ts(call, "oldest", 0.0), _ts(call, "latest", math.inf)
    if call.args.flag("inclusive"):
        return [one for one in messages if oldest <= float(one.ts) <= latest]
    return [one for one in messages if oldest < float(one.ts) < latest]


def _ts(call: Call, name: str, default: float) -> float:
    try:
        return float(call.args.text(name) or default)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _shown(call: Call, channel: Conversation, message: PostedMessage) -> Json:
    with_metadata = call.args.flag("include_all_metadata")
    shown = call.state.thread_root(channel, message, with_metadata=with_metadata)
    if message.is_reply:
        shown = {**call.state.event_message(message), **shown, "thread_ts": message.thread_ts}
    return shown


def _of_types(call: Call, member: str) -> list[Conversation]:
    """The conversations of the asked-for types that the app may know of."""
    types = call.args.ids("types") or ["public_channel"]
    if set(types) - set(_KINDS):
        raise Refused("invalid_types")
    kinds = [_KINDS[one] for one in types]
    channels = [channel for channel in call.state.channels.values() if channel.kind in kinds]
    for kind in kinds:
        call.need_scope(Conversation("", "", kind, [], 0), "read")  # type: ignore[arg-type]
    known = [one for one in channels if one.kind == "channel" or (call.is_member(one) and member in one.members)]
    return [one for one in known if not (one.archived and call.args.flag("exclude_archived"))]


def _listed(call: Call, channels: Sequence[Conversation]) -> Json:
    page, metadata = page_of(channels, call.args)
    shown = [channel.as_json(call.state.team_id, call.state.bot_user_id) for channel in page]
    for channel, one in zip(page, shown, strict=True):
        if channel.kind != "im":
            one["num_members"] = len(channel.members)
    return {"channels": shown, "response_metadata": metadata}


def _may_be_written_to(call: Call, user_id: str) -> None:
    user = call.state.users.get(user_id)
    if user is None:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    if call.state.people.is_stranger(user_id):
        raise Refused("user_not_visible")

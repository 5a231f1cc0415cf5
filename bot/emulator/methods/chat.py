"""`chat.*`: posting, changing, deleting and scheduling."""

import math
from typing import Any

from bot.emulator.errors import Json, Refused
from bot.emulator.methods.call import Call, method
from bot.emulator.methods.content import Content, content_of, full_content_of, thread_of
from bot.emulator.methods.cursors import page_of
from bot.emulator.model import Conversation, PostedMessage, Scheduled

_FARTHEST_S = 120 * 86400
_WINDOW_S, _MOST_IN_WINDOW = 300, 30


@method("chat.postMessage", "chat:write", tier=5)
def _post_message(call: Call) -> Json:
    channel = _place_to_post(call)
    content = full_content_of(call.args)
    root = thread_of(channel, call.args)
    call.pace.post(channel.id)
    message = _post(call, channel, content, root, broadcast=call.args.flag("reply_broadcast"))
    shown = call.state.event_message(message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


@method("chat.postEphemeral", "chat:write", tier=4)
def _post_ephemeral(call: Call) -> Json:
    channel = _place_to_post(call)
    if not call.is_member(channel):
        raise Refused("not_in_channel")
    reader = call.args.need("user")
    if reader not in channel.members:
        raise Refused("user_not_in_channel")
    content = full_content_of(call.args)
    root = thread_of(channel, call.args)
    message = _post(call, channel, content, root, only_for=reader)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def _update(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, call.args.need("ts"), "cant_update_message")
    content = content_of(call.args)
    if content.text is None and content.blocks is None and content.attachments is None and content.metadata is None:
        raise Refused("no_text")
    blocks_stay = content.blocks is None and bool(message.blocks)
    if content.text is not None and not content.text.strip() and not content.blocks and not blocks_stay:
        raise Refused("no_text")
    if content.metadata is not None:
        message.metadata = content.metadata or None
    text = message.text if content.text is None else content.text
    call.state.edit(message, text, content.blocks, content.attachments)
    shown = call.state.event_message(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write")
def _delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, call.args.need("ts"), "cant_delete_message")
    call.state.delete(message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink", tier=5)
def _get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, call.args.need("message_ts"))
    return {"channel": channel.id, "permalink": permalink(message, call.state.seed.team_domain)}


@method("chat.scheduleMessage", "chat:write")
def _schedule_message(call: Call) -> Json:
    channel = _place_to_post(call)
    content = full_content_of(call.args)
    root = thread_of(channel, call.args)
    post_at = call.args.number("post_at", 0, "invalid_time")
    now = call.state.now_s
    if post_at <= now:
        raise Refused("time_in_past")
    if post_at > now + _FARTHEST_S:
        raise Refused("time_too_far")
    near = [s for s in call.state.scheduled.values() if s.channel == channel.id and _window(s.post_at, post_at)]
    if len(near) >= _MOST_IN_WINDOW:
        raise Refused("restricted_too_many")
    made = Scheduled(
        call.state.new_id("Q"),
        channel.id,
        post_at,
        int(now),
        content.text or "",
        # Slack's own bug: what is scheduled with metadata never appears
        None if content.metadata is not None else lambda: _post(call, channel, content, root),
    )
    call.state.scheduled[made.id] = made
    shown = {"text": made.text, "type": "delayed_message", "bot_id": call.state.bot_id, "user": call.state.bot_user_id}
    return {"channel": channel.id, "scheduled_message_id": made.id, "post_at": post_at, "message": shown}


@method("chat.deleteScheduledMessage", "chat:write")
def _delete_scheduled(call: Call) -> Json:
    channel = call.channel()
    one = call.state.scheduled.get(call.args.need("scheduled_message_id"))
    if one is None or one.channel != channel.id or one.post_at - call.state.now_s < 60:
        raise Refused("invalid_scheduled_message_id")
    del call.state.scheduled[one.id]
    return {}


@method("chat.scheduledMessages.list")
def _list_scheduled(call: Call) -> Json:
    wanted = call.channel().id if call.args.text("channel") else ""
    oldest, latest = _bound(call, "oldest", 0.0), _bound(call, "latest", math.inf)
    ordered = sorted(call.state.scheduled.values(), key=lambda one: one.post_at)
    found = [one for one in ordered if wanted in ("", one.channel) and oldest <= one.post_at <= latest]
    page, metadata = page_of(found, call.args)
    listed = [
        {"id": s.id, "channel_id": s.channel, "post_at": s.post_at, "date_created": s.created, "text": s.text}
        for s in page
    ]
    return {"scheduled_messages": listed, "response_metadata": metadata}


def permalink(message: PostedMessage, domain: str) -> str:
    """The address of a message, as Slack writes it."""
    link = f"https://{domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link


def _post(call: Call, channel: Conversation, content: Content, root: str, **more: Any) -> PostedMessage:
    return call.state.post_as_app(
        channel,
        content.text or "",
        blocks=content.blocks,
        attachments=content.attachments or [],
        metadata=content.metadata or None,
        thread_ts=root,
        **more,
    )


def _place_to_post(call: Call) -> Conversation:
    """The channel to post in: by id, name, or a person's id for the direct conversation. Raises Refused."""
    ref = call.args.need("channel")
    person = call.state.users.get(ref)
    if person is not None:
        if person.deleted:
            raise Refused("user_disabled")
        if person.is_bot:
            raise Refused("cannot_dm_bot")
        if call.state.people.is_stranger(person.id):
            raise Refused("channel_not_found")
        return call.state.direct([ref, call.state.bot_user_id])[0]
    channel = call.state.find_channel(ref)
    if channel is None or (channel.kind != "channel" and not call.is_member(channel)):
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if not call.is_member(channel) and "chat:write.public" not in call.state.manifest.scopes:
        raise Refused("not_in_channel")
    if channel.kind == "im" and not call.state.manifest.messages_tab:
        raise Refused("messages_tab_disabled")
    return channel


def _own(call: Call, channel: Conversation, ts: str, error: str) -> PostedMessage:
    message = call.message(channel, ts)
    if message.bot_id != call.state.bot_id:
        raise Refused(error)
    return message


def _window(one: int, other: int) -> bool:
    return one // _WINDOW_S == other // _WINDOW_S


def _bound(call: Call, name: str, default: float) -> float:
    try:
        return float(call.args.text(name) or default)
    except ValueError:
        raise Refused(f"invalid_{name}") from None

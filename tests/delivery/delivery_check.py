"""What really arrived, by the workspace's own log, and whether that is what was promised."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from bot.delivery.transport import EVENT_TYPE
from bot.emulator.model import PostedMessage
from bot.emulator.workspace import Workspace


def arrived(workspace: Workspace) -> dict[str, list[PostedMessage]]:
    """All that was posted with our keys, even if it was taken away again: the messages of each key, in their order."""
    found: dict[str, list[PostedMessage]] = defaultdict(list)
    posted = [*workspace.messages(), *workspace.state.deleted]
    for message in sorted(posted, key=lambda one: one.posted_at):
        metadata = message.metadata or {}
        if metadata.get("event_type") == EVENT_TYPE:
            for key in str(metadata["event_payload"]["keys"]).split():
                found[key].append(message)
    return found


def broken_promises(workspace: Workspace, due: dict[str, datetime], *, threads: bool = True) -> Iterator[str]:
    """What was promised for each key of *due* and did not happen: once, not early, a second apart, in order."""
    found = arrived(workspace)
    for key, at in due.items():
        messages = found.get(key, [])
        if len(messages) != 1:
            yield f"{key} was posted {len(messages)} times"
        elif float(messages[0].ts) < at.timestamp():
            yield f"{key} was posted {at.timestamp() - float(messages[0].ts):.3f} s before it was due"
    yield from (f"{key} was never asked for" for key in found if key.partition("/")[0] not in due)
    by_channel: dict[str, list[PostedMessage]] = defaultdict(list)
    for message in {one.ts: one for messages in found.values() for one in messages}.values():
        by_channel[message.channel].append(message)
    for channel, messages in by_channel.items():
        times = sorted(one.posted_at for one in messages)
        for earlier, later in pairwise(times):
            if later - earlier < 0.999:
                yield f"{channel} got two messages within {later - earlier:.3f} s"
    if threads:
        yield from _out_of_order(found)


def _out_of_order(found: dict[str, list[PostedMessage]]) -> Iterator[str]:
    """In a thread, follow-ups come in the order of their numbers, which these tests make the order of their times."""
    last: dict[tuple[str, str], int] = {}
    for key, messages in sorted(found.items(), key=lambda pair: pair[1][0].posted_at):
        message = messages[0]
        if message.is_reply:
            number = int(key[1:].partition(":")[0])
            thread = (message.channel, message.thread_ts)
            if number < last.get(thread, 0):
                yield f"{key} came after F{last[thread]} in its thread"
            last[thread] = number

"""
A crowd in doubt: a reminder in each of a thousand channels, of which nobody knows whether it arrived.

Its floor is what Slack's own limit takes: of the looks, one in each channel, a minute's worth may go at once, and the
rest so many a minute: (channels - 50) / 50 minutes. Run as a program, it says how long the bot takes in virtual time.
"""

from collections.abc import Collection
from datetime import timedelta

from tests.delivery.desk import SETTLE, Desk
from tests.delivery.simulated_slack import HISTORY, TIER, TROUBLES, Posted

CHANNELS = 1_000
_DOWN = next(one for one in TROUBLES if one.name == "503 without")


def floor_s(channels: int = CHANNELS) -> float:
    """How long the looks take at the least, in seconds."""
    return (channels - TIER[HISTORY]) * 60 / TIER[HISTORY]


def in_doubt_everywhere(desk: Desk, *, down_for_s: float, urgent: Collection[int] = ()) -> None:
    """All were sent at once, half of them arrived, no answer came; then Slack was away for *down_for_s*."""
    desk.run(1)
    now = desk.time.now()
    with desk.database.transaction():
        for number in range(CHANNELS):
            desk.plan(f"F{number}:1", f"C{number}", urgent=number in urgent)
            leaving = desk.queue.mark_sending(desk.queue.claim(f"C{number}", now), now, desk.time.true)
            desk.queue.doubt(leaving, now + SETTLE, "HTTP 503")
            if number % 2:
                at = desk.time.true + timedelta(seconds=0.1)
                desk.slack.kept.append(Posted(f"F{number}:1", f"C{number}", None, at, at, ""))
                desk.slack.posted.append((f"F{number}:1", f"C{number}", None, now, desk.time.mono))
    desk.slack.down = _DOWN
    desk.run(down_for_s)
    desk.slack.down = None


def main() -> None:
    """Say it."""
    from bot.storage.sqlite import MEMORY, open_database

    database = open_database(MEMORY)
    desk = Desk(database, join=False)
    desk.slack.limited = True
    in_doubt_everywhere(desk, down_for_s=20.0)
    began = desk.time.mono
    desk.run(2 * floor_s(), until=lambda: desk.time.mono - began > 60 and not desk.sender.counts())
    lasted, refused, calls = desk.time.mono - began, desk.slack.refused.total(), desk.slack.calls.total()
    print(
        f"{CHANNELS} channels in doubt: clear after {lasted:.0f} s, {lasted / floor_s():.2f} of the {floor_s():.0f} s "
        f"that Slack's limit takes (1.20 is asked); {refused} of {calls} calls refused"
    )
    database.close()


if __name__ == "__main__":
    main()

"""Rate limits: how often an app may call, by method and, for posts, by channel. Real time, since it guards the wire."""

import math
import time
from collections.abc import Callable

from bot.emulator.errors import TooMany

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}  # Slack's tiers: at least so many calls of one method a minute
POSTS_A_MINUTE = 300  # "several hundred" for the whole workspace
POST_EVERY_S = 1.0


class CallLimits:
    """Counts calls. Tiers are buckets that hold one minute's worth, so a burst of that size passes; posts are not."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self.post_every_s = POST_EVERY_S
        self._buckets: dict[str, tuple[float, float]] = {}
        self._last_post: dict[str, float] = {}

    def call(self, method: str, per_minute: int) -> None:
        """Count a call of *method*. Raises TooMany over *per_minute*."""
        now = self._seconds()
        level, since = self._buckets.get(method, (float(per_minute), now))
        level = min(per_minute, level + (now - since) * per_minute / 60)
        if level < 1:
            self._buckets[method] = (level, now)
            raise TooMany(math.ceil((1 - level) * 60 / per_minute))
        self._buckets[method] = (level - 1, now)

    def post(self, channel: str) -> None:
        """Count a post in *channel*. Raises TooMany for a second one within `post_every_s`."""
        now = self._seconds()
        if now - self._last_post.get(channel, -math.inf) < self.post_every_s:
            raise TooMany(1)
        self._last_post[channel] = now

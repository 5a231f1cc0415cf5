"""What each part of the bot takes in memory: `make bench-memory`."""

import importlib
import os
from collections.abc import Callable

from tests.bench.figures import rss_mb

STEPS: dict[str, str] = {
    "Slack's SDK and Bolt": "slack_bolt",
    "sqlite-utils, with numpy": "sqlite_utils",
    "the HTTP server": "waitress",
    "the bot's core": "bot.core",
    "cards": "bot.tactics.install",
    "follow-ups": "bot.followups.install",
    "escalations": "bot.escalations.install",
}


def main() -> None:
    before = rss_mb(os.getpid())
    print(f"| part | MB |\n|---|---|\n| Python | {before:.1f} |")

    def show(what: str, do: Callable[[], object]) -> object:
        nonlocal before
        made = do()
        now = rss_mb(os.getpid())
        print(f"| {what} | {now - before:.1f} |", flush=True)
        before = now
        return made

    for what, module in STEPS.items():
        show(what, lambda module=module: importlib.import_module(module))  # type: ignore[misc]

    from bot.config import shipped_playbooks
    from bot.escalations.playbook import load as criteria
    from bot.followups.dates.scanner import compiled
    from bot.tactics.playbook.watcher import PlaybookWatcher

    show("the patterns of dates", compiled)
    kept = [show("the shipped cards, and their words", lambda: PlaybookWatcher(shipped_playbooks(), semantic=False))]
    kept.append(show("the criteria", lambda: criteria(shipped_playbooks())))
    semantic = show("meanings: the cards anew, vectors, the model", lambda: PlaybookWatcher(shipped_playbooks()))
    assert isinstance(semantic, PlaybookWatcher)
    show("a first search by meaning", lambda: semantic.active.search.find("he wants to talk to my boss"))
    print(f"| all | {rss_mb(os.getpid()):.1f} |")


if __name__ == "__main__":
    main()

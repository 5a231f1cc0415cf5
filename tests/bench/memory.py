"""What each part of the bot takes in memory: `make bench-memory`."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

STEPS: dict[str, str] = {
    "Slack's SDK and Bolt": "slack_bolt",
    "sqlite-utils, with numpy": "sqlite_utils",
    "the HTTP server": "waitress",
    "the bot's core": "bot.core",
    "cards": "bot.tactics.install",
    "follow-ups": "bot.followups.install",
    "escalations": "bot.escalations.install",
}


def resident_mb() -> float:
    """What this process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def main() -> None:
    before = resident_mb()
    print(f"| part | MB |\n|---|---|\n| Python | {before:.1f} |")

    def show(what: str, do: Callable[[], object]) -> object:
        nonlocal before
        made = do()
        now = resident_mb()
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
    print(f"| all | {resident_mb():.1f} |")


if __name__ == "__main__":
    main()

"""
How long starting takes, and what the program weighs: `python -m tests.bench.start`, the first part of `make bench`.

The median of five starts each, in seconds. The bars are for two quiet cores.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bot.config import shipped_manifest
from bot.demo_seed import HARBOUR_SALES
from bot.emulator.manifest import read_manifest
from bot.emulator.workspace import Workspace
from tests.bench.figures import beside, note, rss_mb

ROOT = Path(__file__).resolve().parents[2]
TIMES = 5


def program(*words: str, cwd: str, root: Path = ROOT, **environ: str) -> "subprocess.Popen[str]":
    """Start the program of the checkout *root* with a bare environment."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(root), **environ},
    )


def found(folder: str) -> tuple[float, float]:
    """From the start of `find` to its answer."""
    began = time.perf_counter()
    process = program("find", "he wants my boss", cwd=folder)
    process.communicate()
    return time.perf_counter() - began, 0.0


def demo(folder: str) -> tuple[float, float]:
    """From the start of the demo to its address."""
    began = time.perf_counter()
    process = program("demo", "--json", cwd=folder)
    assert process.stdout
    process.stdout.readline()
    took = time.perf_counter() - began
    memory = rss_mb(process.pid)
    process.terminate()
    process.communicate()
    return took, memory


def run(folder: str, root: Path = ROOT) -> tuple[float, float]:
    """From the start of the bot to its readiness, over Socket Mode."""
    workspace = Workspace(read_manifest(shipped_manifest()), seed=HARBOUR_SALES).start()
    try:
        environ = {"SLACK_BOT_TOKEN": workspace.tokens.bot, "SLACK_APP_TOKEN": workspace.tokens.app}
        began = time.perf_counter()
        process = program("run", cwd=folder, root=root, SLACK_API_URL=workspace.api_url, **environ)
        assert process.stderr
        while "ready" not in process.stderr.readline():
            assert process.poll() is None, "the bot did not start"
        took = time.perf_counter() - began
        memory = rss_mb(process.pid)
        process.terminate()
        process.communicate()
        return took, memory
    finally:
        workspace.stop()


STARTS: dict[str, tuple[Callable[[str], tuple[float, float]], float]] = {
    "`find`, to its answer": (found, 0.5),
    "`run`, until it is ready": (run, 1.0),
    "`demo`, until its address": (demo, 1.5),
}


def against(other: Path) -> float:
    """How long `run` takes as a share of the build in *other*, in turns."""
    ours, theirs = [], []
    for _ in range(TIMES):
        for root, into in ((ROOT, ours), (other, theirs)):
            with tempfile.TemporaryDirectory() as folder:
                into.append(run(folder, root)[0])
    return median(ours) / median(theirs)


def main() -> None:
    print("| start | seconds, median of five | MB then |")
    print("|---|---|---|")
    for what, (start, bar) in STARTS.items():
        with tempfile.TemporaryDirectory() as folder:
            made = [start(folder) for _ in range(TIMES)]
        took, memory = median(seconds for seconds, _ in made), median(megabytes for _, megabytes in made)
        print(f"| {what} | {took:.2f} | {f'{memory:.0f}' if memory else '–'} |")
        note(f"{what}, s", took, bar)
    if other := beside():
        note("`run` until ready / the build beside", against(other), 0.3)


if __name__ == "__main__":
    main()

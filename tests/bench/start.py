"""
How long starting takes, and what the program weighs: `python -m tests.bench.start`, the first part of `make bench`.

The median of five starts each, in seconds. It exits with 1 where a bar is missed; the bars are for two quiet cores.
"""

import os
import re
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

ROOT = Path(__file__).resolve().parents[2]
TIMES = 5


def program(*words: str, cwd: str, **environ: str) -> "subprocess.Popen[str]":
    """Start the program with a bare environment."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **environ},
    )


def rss_mb(process: "subprocess.Popen[str]") -> float:
    """What a running process holds in memory, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


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
    memory = rss_mb(process)
    process.terminate()
    process.communicate()
    return took, memory


def run(folder: str) -> tuple[float, float]:
    """From the start of the bot to its readiness, over Socket Mode."""
    workspace = Workspace(read_manifest(shipped_manifest()), seed=HARBOUR_SALES).start()
    try:
        environ = {"SLACK_BOT_TOKEN": workspace.tokens.bot, "SLACK_APP_TOKEN": workspace.tokens.app}
        began = time.perf_counter()
        process = program("run", cwd=folder, SLACK_API_URL=workspace.api_url, **environ)
        assert process.stderr
        while "ready" not in process.stderr.readline():
            assert process.poll() is None, "the bot did not start"
        took = time.perf_counter() - began
        memory = rss_mb(process)
        process.terminate()
        process.communicate()
        return took, memory
    finally:
        workspace.stop()


STARTS: dict[str, tuple[Callable[[str], tuple[float, float]], float]] = {
    "`find`, to its answer": (found, 2.0),
    "`run`, until it is ready": (run, 5.0),
    "`demo`, until its address": (demo, 5.0),
}


def main() -> None:
    missed = []
    print("| start | seconds, median of five | MB then | bar, seconds |")
    print("|---|---|---|---|")
    for what, (start, bar) in STARTS.items():
        with tempfile.TemporaryDirectory() as folder:
            made = [start(folder) for _ in range(TIMES)]
        took, memory = median(seconds for seconds, _ in made), median(megabytes for _, megabytes in made)
        print(f"| {what} | {took:.2f} | {f'{memory:.0f}' if memory else '–'} | {bar:.0f} |")
        if took > bar:
            missed.append(f"{what}: {took:.2f} s, bar {bar:.0f} s")
    for bar_missed in missed:
        print(f"missed: {bar_missed}")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()

"""Any Bolt app in Python, run against an emulated workspace as its author runs it: see `README.md`."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bot.emulator.errors import CannotStart
from bot.emulator.workspace import Workspace

_LAUNCHER = Path(__file__).with_name("launcher.py")
_LOOK_EVERY_S, _ENDS_WITHIN_S = 0.05, 10.0
_LINES_TOLD = 12


@contextlib.contextmanager
def running(workspace: Workspace, script: Path, *, within_s: float = 60.0) -> Iterator[Path]:
    """
    Run *script*, an app over Socket Mode, until the end of the block; gives the file that holds what it prints.

    It gets SLACK_BOT_TOKEN, SLACK_APP_TOKEN and SLACK_SIGNING_SECRET as from its author's .env, and its clients ask
    *workspace* in place of Slack. Raises CannotStart with its last words where it is not connected in *within_s* s.
    """
    if not script.is_file():
        raise CannotStart(f"There is no {script}.")
    tokens = workspace.tokens
    given = {
        "SLACK_BOT_TOKEN": tokens.bot,
        "SLACK_APP_TOKEN": tokens.app,
        "SLACK_SIGNING_SECRET": tokens.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "PYTHONUNBUFFERED": "1",  # so that what it printed is there whenever it ends
    }
    with tempfile.TemporaryDirectory(prefix="bolt-app-") as folder:
        printed = Path(folder, "printed.txt")
        with printed.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 — the script of whoever tests it, with this Python
                [sys.executable, "-P", str(_LAUNCHER), workspace.api_url, script.name],
                cwd=script.parent,
                env={**os.environ, **given},
                stdout=out,
                stderr=out,
            )
        try:
            _wait_until_connected(workspace, process, script, printed, within_s)
            yield printed
        finally:
            _end(process)


def _wait_until_connected(
    workspace: Workspace, process: "subprocess.Popen[bytes]", script: Path, printed: Path, within_s: float
) -> None:
    over = time.monotonic() + within_s
    while not workspace.call(lambda: workspace.sockets.is_connected):
        if process.poll() is None and time.monotonic() < over:
            time.sleep(_LOOK_EVERY_S)
            continue
        what = "has not connected by Socket Mode" if process.poll() is None else f"ended with {process.returncode}"
        last = printed.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES_TOLD:]
        raise CannotStart("\n".join([f"{script} {what}. It printed last:", *last]))


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

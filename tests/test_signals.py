"""Ctrl-C and SIGTERM end the program whenever they come."""

import subprocess
import sys

from bot.emulator.stories import PATIENCE_S
from tests.test_cli import ROOT

SCRIPT = """
import os, signal, threading, time
from bot.signals import ended_by_signals

over = threading.Event()
with ended_by_signals(over.set):
    with over._cond:  # where a thread is for a moment whenever it begins to wait
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.2)
    over.wait()
print("ended")
"""


def test_a_signal_that_comes_just_as_the_end_begins_to_be_waited_for_is_not_lost() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=PATIENCE_S, cwd=ROOT
    )
    assert ended.stdout == "ended\n", ended.stderr

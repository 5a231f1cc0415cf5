"""What is measured, each as a process of its own: an empty Bolt listener, or the bot. Prints its port, then serves."""

import sys
import time
from datetime import timedelta
from pathlib import Path

from slack_bolt import Ack, App

from bot import app, log
from bot.clock import SystemClock
from bot.commands.router import COMMAND
from bot.config import Settings, shipped_playbooks
from bot.slack.bolt import WORKERS
from bot.slack.health import Health
from bot.slack.http import HttpServer, wsgi
from bot.tactics.playbook.watcher import PlaybookWatcher


def empty(api_url: str, token: str, secret: str) -> int:
    """Bolt as its documentation shows it, with a listener that only acknowledges; the same server, as many threads."""
    from concurrent.futures import ThreadPoolExecutor

    from slack_sdk import WebClient

    bolt = App(
        client=WebClient(token, base_url=api_url),
        signing_secret=secret,
        listener_executor=ThreadPoolExecutor(WORKERS),
    )

    @bolt.command(COMMAND)
    def command(ack: Ack) -> None:
        ack("ok")

    @bolt.event("message")
    def message() -> None:
        pass

    server = HttpServer(wsgi(Health(), bolt), "127.0.0.1", 0)
    server.start()
    return server.port


def bot(api_url: str, folder: str, token: str, secret: str, *, semantic: bool) -> int:
    """The bot, as `toughcustomer run` builds it."""
    settings = Settings(
        slack_bot_token=token,
        slack_signing_secret=secret,
        slack_api_url=api_url,
        slack_timeout=timedelta(seconds=15),
        port=0,
        database=Path(folder) / "bench.db",
        escalation_channels=("C0ESC",),
    )
    built = app.build(settings, SystemClock(), cards=PlaybookWatcher(shipped_playbooks(), semantic=semantic))
    built.start()
    assert built.port
    return built.port


def main() -> None:
    kind, api_url, folder, token, secret = sys.argv[1:]
    log.configure("WARNING")
    port = (
        empty(api_url, token, secret)
        if kind == "empty"
        else bot(api_url, folder, token, secret, semantic=kind == "semantic")
    )
    print(port, flush=True)
    time.sleep(600)  # ended by whoever started it; by itself if that one died


if __name__ == "__main__":
    main()

"""
Runs a Bolt app in Python against an emulated workspace, unchanged: ``python -P launcher.py API_URL app.py``.

Slack's SDK asks https://slack.com/api/ unless each client is told otherwise; here every client is. A script of its own
that imports nothing of the emulator's, so that a module of the app may have any name.
"""

import inspect
import re
import runpy
import sys
from pathlib import Path
from typing import Any

_SLACK = re.compile(r"https://(?:www\.)?slack\.com/api/?")


def point_at(api_url: str) -> None:
    """Let each client of slack_sdk that is made from now on, and would ask Slack, ask *api_url*."""
    from slack_sdk.web.base_client import BaseClient
    from slack_sdk.web.legacy_base_client import LegacyBaseClient

    clients: list[Any] = [BaseClient, LegacyBaseClient]
    try:
        from slack_sdk.web.async_base_client import AsyncBaseClient
    except ImportError:
        pass  # without aiohttp there are no asynchronous clients
    else:
        clients.append(AsyncBaseClient)
    for client in clients:
        client.__init__ = _pointed(client.__init__, api_url)


def _pointed(made: Any, api_url: str) -> Any:
    signature = inspect.signature(made)

    def init(*args: Any, **named: Any) -> None:
        asked = signature.bind(*args, **named).arguments
        if "base_url" not in asked or _SLACK.fullmatch(str(asked["base_url"])):
            asked["base_url"] = api_url
        made(**asked)

    return init


def main() -> None:
    """Run the script given second, with what stands behind it, as if it had been called by itself."""
    if len(sys.argv) < 3:
        sys.exit("usage: python -m bot.emulator.launcher API_URL app.py [arguments of the app]")
    _, api_url, script, *rest = sys.argv
    point_at(api_url)
    sys.path.insert(0, str(Path(script).resolve().parent))
    sys.argv = [script, *rest]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()

#!/bin/sh
# Guess: WebClient has a class attribute BASE_URL; a subclass that sets its own (a proxy, a recorder, GovSlack) asks there.
# Seen: the default of base_url was taken from BaseClient when its __init__ was defined. Setting BASE_URL in a subclass, or
#       on WebClient itself, changes what the attribute says and nothing else: each call, with its token, still goes to
#       https://slack.com/api/. The asynchronous client does the same. Only base_url=… when a client is made has an effect.
# Versions: slack-sdk 3.47.0, aiohttp 3.14.5 (PyPI).
# We: give base_url to the one client that we make; for other people's apps bot/emulator/launcher.py changes __init__.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >asks.py <<'PYTHON'
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

PROXY = "https://proxy.example/api/"


class Proxied(WebClient):
    BASE_URL = PROXY


class AsyncProxied(AsyncWebClient):
    BASE_URL = PROXY


for kind in (Proxied, AsyncProxied):
    client = kind(token="xoxb-1")
    print(f"{kind.__name__}: BASE_URL is {client.BASE_URL}, and it asks {client.base_url}")
WebClient.BASE_URL = PROXY
print(f"WebClient, changed: BASE_URL is {WebClient.BASE_URL}, and it asks {WebClient(token='xoxb-1').base_url}")
print(f"WebClient, told: it asks {WebClient(token='xoxb-1', base_url=PROXY).base_url}")
PYTHON

cat >expected <<'TEXT'
Proxied: BASE_URL is https://proxy.example/api/, and it asks https://slack.com/api/
AsyncProxied: BASE_URL is https://proxy.example/api/, and it asks https://slack.com/api/
WebClient, changed: BASE_URL is https://proxy.example/api/, and it asks https://slack.com/api/
WebClient, told: it asks https://proxy.example/api/
TEXT

python3 -m venv env && env/bin/pip install -q slack-sdk==3.47.0 aiohttp==3.14.5 || exit 2
env/bin/python asks.py >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }

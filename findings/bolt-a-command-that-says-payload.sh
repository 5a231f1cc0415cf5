#!/bin/sh
# Guess: a slash command reaches its listener whatever is typed behind it.
# Seen: where its text contains the word "payload", Bolt for Python takes the form for that of a button, does not find the
#       button's field in it, and hands every middleware and matcher an empty body: no listener hears the command, and
#       whoever typed it is told that the app did not respond. Any other field will do as well, such as a channel that is
#       called payloads. Only over HTTP: Socket Mode carries JSON.
# Versions: slack-bolt 1.30.0, slack-sdk 3.47.0.
# We: read such a form ourselves before it is dispatched (bot/slack/bolt.py); a test types the word over the wire.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >typed.py <<'PYTHON'
import hashlib, hmac, logging, time, urllib.parse
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

logging.disable(logging.CRITICAL)


def authorize(**_):
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U0B", bot_id="B1", bot_token="xoxb-1")


app, heard = App(signing_secret="secret", authorize=authorize), []


@app.command("/deal")
def deal(ack, command):
    heard.append(command["text"])
    ack()


def typed(text, channel="deals"):
    fields = {"command": "/deal", "text": text, "team_id": "T1", "user_id": "U1", "channel_name": channel}
    body = urllib.parse.urlencode(fields)
    now = str(int(time.time()))
    signed = hmac.new(b"secret", f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "content-type": ["application/x-www-form-urlencoded"],
        "x-slack-signature": [f"v0={signed}"],
        "x-slack-request-timestamp": [now],
    }
    heard.clear()
    status = app.dispatch(BoltRequest(body=body, headers=headers)).status
    time.sleep(0.1)
    print(f"{text!r} in #{channel}: answered {status}, heard {heard}")


typed("the invoice is late")
typed("the payload is late")
typed("the invoice is late", channel="payloads")
PYTHON

python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install slack-bolt==1.30.0 slack-sdk==3.47.0
venv/bin/python typed.py >seen
cat seen
cat >expected <<'SEEN'
'the invoice is late' in #deals: answered 200, heard ['the invoice is late']
'the payload is late' in #deals: answered 404, heard []
'the invoice is late' in #payloads: answered 404, heard []
SEEN
cmp seen expected && echo "as it was seen"

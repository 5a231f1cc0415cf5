#!/bin/sh
# Guess: app.message("(urgent") hears messages that contain these letters; a string is a text, re.compile() is for patterns.
# Seen: in Bolt for Python the string is a regular expression, compiled at the first message and not when it is registered.
#       "why?" hears "whoever", "v1.2" hears "v1x2". A string that is no pattern, such as "(urgent", raises nothing at
#       registration; afterwards each message that reaches it is answered 500, and the listeners behind it never hear one,
#       whatever the message says. In Bolt for JavaScript the same strings are texts: each hears itself and nothing else.
# Versions: slack-bolt 1.30.0, slack-sdk 3.47.0 (PyPI); @slack/bolt 5.1.0 (npm).
# We: do not use app.message(); what people type goes through our own router.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >hears.py <<'PYTHON'
import hashlib, hmac, json, logging, time
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

logging.disable(logging.CRITICAL)


def authorize(**_):
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U0B", bot_id="B1", bot_token="xoxb-1")


def ask(app, text):
    event = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": text, "ts": "1.1"}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event": event, "event_id": "Ev1", "event_time": 1})
    now = str(int(time.time()))
    signed = hmac.new(b"secret", f"v0:{now}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "content-type": ["application/json"],
        "x-slack-signature": [f"v0={signed}"],
        "x-slack-request-timestamp": [now],
    }
    status = app.dispatch(BoltRequest(body=body, headers=headers)).status
    time.sleep(0.2)
    return status


for listened, said in (("why?", "whoever"), ("v1.2", "v1x2")):
    app, heard = App(signing_secret="secret", authorize=authorize), []
    app.message(listened)(lambda message: heard.append(message["text"]))
    ask(app, said)
    print(f"Python: a listener for {listened!r} hears {heard}")

app, heard = App(signing_secret="secret", authorize=authorize), []
app.message("(urgent")(lambda message: heard.append(message["text"]))
app.message("thanks")(lambda message: heard.append(message["text"]))
print(f"Python: with one for '(urgent', 'thanks' is answered {ask(app, 'thanks')}, and heard by {heard}")
PYTHON

cat >hears.cjs <<'JAVASCRIPT'
const { App, LogLevel } = require("@slack/bolt");

const authorize = async () => ({ botToken: "xoxb-1", botId: "B1", botUserId: "U0B", teamId: "T1" });

async function heardBy(listened, said) {
  const receiver = { init() {}, start: async () => {}, stop: async () => {} };
  const app = new App({ authorize, receiver, logLevel: LogLevel.ERROR });
  const heard = [];
  for (const one of listened) app.message(one, async ({ message }) => { heard.push(message.text); });
  const event = { type: "message", channel: "C1", channel_type: "channel", user: "U1", text: said, ts: "1.1" };
  await app.processEvent({ body: { type: "event_callback", team_id: "T1", event, event_id: "Ev1", event_time: 1 }, ack: async () => {} });
  return JSON.stringify(heard);
}

(async () => {
  console.log(`JavaScript: a listener for 'why?' hears ${await heardBy(["why?"], "whoever")}`);
  console.log(`JavaScript: a listener for 'v1.2' hears ${await heardBy(["v1.2"], "v1x2")}`);
  console.log(`JavaScript: with one for '(urgent', 'thanks' is heard by ${await heardBy(["(urgent", "thanks"], "thanks")}`);
})();
JAVASCRIPT

cat >expected <<'TEXT'
Python: a listener for 'why?' hears ['whoever']
Python: a listener for 'v1.2' hears ['v1x2']
Python: with one for '(urgent', 'thanks' is answered 500, and heard by []
JavaScript: a listener for 'why?' hears []
JavaScript: a listener for 'v1.2' hears []
JavaScript: with one for '(urgent', 'thanks' is heard by ["thanks"]
TEXT

python3 -m venv env && env/bin/pip install -q slack-bolt==1.30.0 slack-sdk==3.47.0 || exit 2
npm install --silent --no-audit --no-fund @slack/bolt@5.1.0 >/dev/null || exit 2
{ env/bin/python hears.py; node hears.cjs; } >seen
cat seen
diff expected seen >&2 || { echo "This has changed." >&2; exit 1; }

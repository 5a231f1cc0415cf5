"""An app of the shape of Bolt's starter template: tokens of the environment, listeners in a package, Socket Mode."""

import os

from listeners import register
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler

app = App(token=os.environ.get("SLACK_BOT_TOKEN"))
register(app)

if __name__ == "__main__":
    SocketModeHandler(app, os.environ.get("SLACK_APP_TOKEN")).start()

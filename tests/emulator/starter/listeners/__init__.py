"""All that the starter answers to: a word, a command, its Home, a shortcut, a button and a form."""

import re

from slack_bolt import App

from listeners import form, talk


def register(app: App) -> None:
    """Let *app* answer."""
    app.message(re.compile("(hi|hello|hey)"))(talk.greet)
    app.command("/echo")(talk.echo)
    app.event("app_home_opened")(talk.show_home)
    app.shortcut("begin_form")(form.begin)
    app.action("fill_more")(form.fill_more)
    app.view("form")(form.keep)

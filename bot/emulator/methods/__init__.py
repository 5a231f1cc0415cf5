"""The methods of the Web API, by family. Importing this package registers them all in `call.METHODS`."""

from bot.emulator.methods import chat, conversations, files, people, surfaces, team
from bot.emulator.methods.call import METHODS, Args, Call

__all__ = ["METHODS", "Args", "Call", "chat", "conversations", "files", "people", "surfaces", "team"]

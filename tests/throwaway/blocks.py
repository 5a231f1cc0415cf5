"""How praise looks."""

from bot.slack.block_kit import Message, actions, button, message, section

MORE = "throwaway.more"


def praise_message(number: int, whom: str, times: int) -> Message:
    """What was said, how often, and a button to say it again."""
    text = f"P{number}: {whom} was praised {times} times" if times != 1 else f"P{number}: {whom} was praised once"
    return message(text, [section(text), actions(button("More", MORE, str(number)))])

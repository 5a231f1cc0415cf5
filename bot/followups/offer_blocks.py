"""How what is handed on looks: asked, accepted or not, given, left behind."""

from bot.followups.blocks import all_buttons, detail
from bot.followups.buttons import ACCEPT, DECLINE, REASSIGN, follow_up_button
from bot.followups.model import FollowUp
from bot.followups.short_texts import due_words
from bot.slack.block_kit import Message, actions, message, section, small
from bot.slack.text import escaped


def given_message(one: FollowUp, by: str) -> Message:
    """For whom a follow-up was given to."""
    lead = f"<@{by}> gave you {one.id}"
    return message(f"{lead}: {escaped(one.title())}, due {due_words(one)}", [*detail(one, lead), all_buttons(one)])


def offer_message(one: FollowUp, by: str) -> Message:
    """For whom is asked to take a follow-up over."""
    lead = f"<@{by}> asks you to take {one.id}"
    promised = "It was promised to the customer. " if one.wanted.promise else ""
    stays = f"{promised}For you that is {due_words(one)}. Until you accept, it stays with <@{one.wanted.owner}>."
    buttons = actions(follow_up_button("Accept", ACCEPT, one), follow_up_button("No, thanks", DECLINE, one))
    return message(f"{lead}: {escaped(one.title())}, due {due_words(one)}", [*detail(one, lead), small(stays), buttons])


def not_offered_message(one: FollowUp) -> Message:
    """The same for whom may not read its words any more."""
    text = f"{one.id} is no longer offered to you."
    return message(text, [small(f":no_entry_sign: {text}")])


def offer_over_message(one: FollowUp, to: str, *, is_declined: bool = False) -> Message:
    """In the place of an offer that was answered, by *to* if it *is_declined*, or taken back."""
    if is_declined:
        text = f"You said no. {one.id} stays with <@{one.wanted.owner}>: {escaped(one.title())}"
        return message(text, [small(f":no_entry_sign: {text}")])
    if one.wanted.owner == to:
        text = f"You took {one.id}: {escaped(one.title())}"
        return message(text, [section(f":white_check_mark: {text}"), *([all_buttons(one)] if one.is_open else [])])
    text = f"{one.id} is no longer offered to you: {escaped(one.title())}"
    return message(text, [small(f":no_entry_sign: {text}")])


def answered_message(one: FollowUp, who: str, *, accepted: bool) -> Message:
    """For whom has asked somebody to take it, or had it."""
    if accepted:
        text = f"<@{who}> has {one.id} now: {escaped(one.title())}"
    else:
        text = f"<@{who}> does not take {one.id}, so it stays with <@{one.wanted.owner}>: {escaped(one.title())}"
    return message(text, [section(text), *([] if accepted else [actions(follow_up_button("Reassign", REASSIGN, one))])])


def withdrawn_message(one: FollowUp) -> Message:
    """For whom was asked to take one, when there is nothing to take any more."""
    text = f"You need not take {one.id} any more: {escaped(one.title())}"
    return message(text, [section(text)])


def left_message(one: FollowUp, gone: str) -> Message:
    """For whoever made one for somebody who has left the workspace, or the channel."""
    lead = f"<@{gone}>, for whom {one.id} was, has left, so it is yours again"
    return message(f"{lead}: {escaped(one.title())}, due {due_words(one)}", [*detail(one, lead), all_buttons(one)])

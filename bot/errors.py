"""
What can go wrong, and what is said about it.

    ToughCustomerError
    ├── UserError               one sentence for the person who asked, in Slack or in the terminal
    ├── SettingsError           mistakes in the environment or `.env`, all of them at once
    ├── PlaybookError           mistakes in a playbooks folder, all of them at once, with file and line
    ├── SlackAway               Slack cannot be reached at the start: nothing to mend here, try again
    └── StorageError
        ├── DatabaseRefused     newer than this program, damaged, or not ours: left untouched
        ├── DatabaseInUse       another process holds it
        └── StorageUnavailable  full or read-only: nothing was stored
            └── StorageBusy         another program has held the database for seconds: nothing was stored

The message of each is meant to be read by a person: what was read, what is accepted, what to do.
"""

from collections.abc import Sequence


class ToughCustomerError(Exception):
    """Anything that this program foresees."""


class UserError(ToughCustomerError):
    """A sentence for the person who asked. It may hold their words, so it is shown to them and never logged."""


class FieldError(UserError):
    """One about a single *field* of a form, where it is shown."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


class _Mistakes(ToughCustomerError):
    def __init__(self, mistakes: Sequence[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = tuple(mistakes)


class SettingsError(_Mistakes):
    """Settings that cannot be used; *mistakes* holds one sentence for each."""


class PlaybookError(_Mistakes):
    """A playbooks folder that cannot be used; *mistakes* holds ``file:line: what is wrong`` for each."""


class SlackAway(ToughCustomerError):
    """Slack cannot be reached, or does not answer properly. Nothing here is set wrongly: it may go well soon."""


class StorageError(ToughCustomerError):
    """The database cannot do what was asked."""


class DatabaseRefused(StorageError):
    """The file is newer than this program, damaged, or somebody else's. It was not written to."""


class DatabaseInUse(StorageError):
    """Another process has the database open for writing."""


class StorageUnavailable(StorageError):
    """The disk is full or read-only. Nothing of the transaction was stored."""


class StorageBusy(StorageUnavailable):
    """Another program has held the database for longer than we wait. Nothing of the transaction was stored."""

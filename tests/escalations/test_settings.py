"""The settings in force are those that were set last, whoever looks them up at the same moment."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.config import shipped_playbooks
from bot.escalations.playbook import load
from bot.escalations.policy import Hours, Policy
from bot.escalations.settings import EscalationSettings
from bot.escalations.store import CaseStore
from bot.storage.sqlite import open_database


class Interrupted(CaseStore):
    """A store in which something else happens between the answer of the database and its use."""

    meanwhile: Callable[[], None] | None = None

    def setting(self, name: str) -> Any:
        found = super().setting(name)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return found


def test_what_is_set_while_somebody_looks_it_up_holds_afterwards(tmp_path: Path) -> None:
    database = open_database(tmp_path / "bot.db")
    store = Interrupted(database, "T1")
    playbook = load(shipped_playbooks())
    settings = EscalationSettings(store, lambda: playbook, channels=("C1",))
    always = Policy(hours=Hours(always=True))

    store.meanwhile = lambda: settings.set_all(Policy(), ["C2"], "")
    settings.channels()
    store.meanwhile = lambda: settings.set_all(always, ["C2"], "")
    settings.policy()

    assert settings.channels() == {"C2"}
    assert settings.policy() == always
    database.close()

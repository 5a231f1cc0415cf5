"""What is in force and where it comes from; only what was changed is kept, and what was kept before still counts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import shipped_playbooks
from bot.escalations.playbook import EscalationPlaybook, load
from bot.escalations.policy import Policy, Step
from bot.escalations.settings import EscalationSettings, Origin
from bot.escalations.store import CaseStore
from bot.quantities import Hours
from bot.storage.sqlite import open_database

TEN, FIVE = timedelta(minutes=10), timedelta(minutes=5)
FILE = "the file escalation.yaml"
ENVIRONMENT: dict[str, Any] = {"channels": ("C0A",), "managers": ("U0A", "U0B")}


class Interrupted(CaseStore):
    """A store in which something else happens between the answer of the database and its use."""

    meanwhile: Callable[[], None] | None = None

    def setting(self, name: str) -> Any:
        found = super().setting(name)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        return found


class Files:
    """The file in force, which may be changed."""

    def __init__(self) -> None:
        self.now = load(shipped_playbooks())

    def says(self, **policy: Any) -> None:
        self.now = EscalationPlaybook(self.now.criteria, replace(self.now.policy, **policy))


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Interrupted]:
    database = open_database(tmp_path / "bot.db")
    yield Interrupted(database, "T1")
    database.close()


@pytest.fixture
def settings(store: Interrupted, files: Files) -> EscalationSettings:
    return EscalationSettings(store, lambda: files.now, **ENVIRONMENT)


def kept(store: CaseStore) -> dict[str, Any]:
    return {name: value for name in ("policy", "channels", "home") if (value := store.setting(name)) is not None}


def test_what_is_set_while_somebody_looks_it_up_holds_afterwards(
    settings: EscalationSettings, store: Interrupted
) -> None:
    store.meanwhile = lambda: settings.change({}, channels=["C0B"])
    settings.channels()
    store.meanwhile = lambda: settings.change({"working_hours": "always"})
    settings.policy()

    assert settings.channels() == {"C0B"}
    assert settings.policy().hours == Hours(always=True)


def test_as_shipped_each_setting_says_where_it_comes_from(settings: EscalationSettings) -> None:
    now = settings.in_force()
    assert (now.channels, now.home, now.own, now.wait, str(now.hours)) == (("C0A",), "", {}, TEN, "Mon-Fri 08:00-18:00")
    assert now.chain == (Step(("U0A",), TEN), Step(("U0B",), TEN))
    assert now.high_value == 50_000
    assert now.origins == {
        "channels": Origin(beneath="ESCALATION_CHANNELS in the bot's settings"),
        "home": Origin(),
        "chain": Origin(beneath="MANAGERS in the bot's settings"),
        "wait": Origin(beneath=FILE),
        "working_hours": Origin(beneath=FILE),
        "high_value": Origin(beneath=FILE),
    }


def test_the_hours_of_the_environment_win_over_those_of_the_file(store: CaseStore, files: Files) -> None:
    settings = EscalationSettings(store, lambda: files.now, hours="Mon-Fri 09:00-17:00")
    now = settings.in_force()
    assert str(now.hours) == "Mon-Fri 09:00-17:00"
    assert now.origins["working_hours"] == Origin(beneath="WORKING_HOURS in the bot's settings")
    assert (now.channels, now.chain) == ((), ())
    assert (now.origins["channels"], now.origins["chain"]) == (Origin(), Origin())


def test_only_what_was_changed_is_kept_and_the_rest_follows_the_file(
    settings: EscalationSettings, store: CaseStore, files: Files
) -> None:
    settings.change({"wait": "5m"})

    assert kept(store) == {"policy": {"wait": "5m"}}
    assert settings.in_force().origins["wait"] == Origin(here=True, beneath=FILE)
    files.says(wait=timedelta(hours=1), hours=Hours.read("Sat 9-12"), repeats=3)
    assert (settings.policy().wait, str(settings.policy().hours), settings.policy().repeats) == (
        FIVE,
        "Sat 09:00-12:00",
        3,
    )


def test_what_is_emptied_comes_from_the_file_or_the_environment_again(
    settings: EscalationSettings, store: CaseStore
) -> None:
    settings.change(
        {"wait": "5m", "working_hours": "always", "high_value": 1, "chain": [{"who": ["U0C"]}],
         "channels": {"C0A": [{"who": ["U0D"]}]}},
        channels=["C0B"], home="C0C",
    )  # fmt: skip
    assert settings.chain("C0A")[0].who == ("U0D",)
    assert settings.chain("C0B")[0].who == ("U0C",)

    settings.change(
        {"wait": None, "working_hours": None, "high_value": None, "chain": [], "channels": {"C0A": []}},
        channels=[], home=None,
    )  # fmt: skip

    assert kept(store) == {}
    assert (settings.channels(), settings.home(), settings.policy().wait) == ({"C0A"}, "", TEN)
    assert settings.chain("C0A")[0].who == ("U0A",)
    assert settings.high_value() is None


def test_everybody_waits_as_long_as_was_set_whoever_names_them(settings: EscalationSettings, files: Files) -> None:
    settings.change({"wait": "5m"})
    assert {step.wait for step in settings.chain("")} == {FIVE}  # of MANAGERS
    files.says(chain=(Step(("U0C",), TEN), Step(("U0D",), timedelta(hours=2))))
    assert [step.wait for step in settings.chain("")] == [FIVE, timedelta(hours=2)]  # the file's, one with its own
    settings.change({"chain": [{"who": ["U0E"]}]})
    settings.change({"wait": "1m"})
    assert [step.wait for step in settings.chain("")] == [timedelta(minutes=1)]  # set here


def test_a_channel_that_the_file_gives_people_keeps_them_whoever_is_set_for_all(
    settings: EscalationSettings, files: Files
) -> None:
    files.says(channels={"C0F": (Step(("U0F",), TEN),)})
    settings.change({"chain": [{"who": ["U0C"]}]})
    assert [settings.chain(one)[0].who for one in ("C0F", "C0A")] == [("U0F",), ("U0C",)]
    assert settings.in_force().origin_of("C0F") == Origin(beneath=FILE)

    settings.change({"channels": {"C0F": [{"who": ["U0G"]}]}})

    assert settings.chain("C0F")[0].who == ("U0G",)
    assert settings.in_force().origin_of("C0F") == Origin(here=True, beneath=FILE)
    assert {step.who for steps in settings.chains() for step in steps} == {("U0C",), ("U0G",)}


def whole() -> dict[str, Any]:
    """A policy as older versions kept it: all of it, each step with its wait."""
    step = {"who": ["U0C"], "wait": "20m"}
    return {
        "wait": "20m", "repeats": 0, "acknowledged_for": "30m", "grace": "15m", "working_hours": "Mon-Fri 09:00-05:00",
        "chain": [step], "channels": {"C0D": [step], "C0E": []}, "high_value": None,
    }  # fmt: skip


def test_what_an_older_version_kept_still_counts(settings: EscalationSettings, store: CaseStore) -> None:
    store.set("policy", whole())
    store.set("channels", [])
    store.set("home", "")

    now = settings.in_force()

    assert (now.wait, str(now.hours), now.high_value) == (timedelta(minutes=20), "Mon-Fri 09:00-05:00", 50_000)
    assert (now.chain_of("C0D")[0].who, now.chain_of("C0E")[0].who, list(now.own)) == (("U0C",), ("U0C",), ["C0D"])
    assert now.channels == ()  # somebody had emptied it
    assert settings.policy().repeats == 0


def test_what_an_older_version_kept_changes_with_what_is_changed(
    settings: EscalationSettings, store: CaseStore
) -> None:
    store.set("policy", whole())
    settings.change({"wait": "5m"})
    assert [settings.chain(one)[0].wait for one in ("", "C0D")] == [FIVE, FIVE]
    assert kept(store)["policy"] == {
        "wait": "5m",
        "repeats": 0,  # what the file says differently
        "working_hours": "Mon-Fri 09:00-05:00",
        "chain": [{"who": ["U0C"]}],
        "channels": {"C0D": [{"who": ["U0C"]}]},
    }


def test_what_cannot_be_kept_changes_nothing(settings: EscalationSettings, store: CaseStore) -> None:
    with pytest.raises(ValueError, match='"omar" is no id'):
        settings.change({"chain": [{"who": ["omar"]}]}, channels=["C0B"])
    assert kept(store) == {}


def test_the_value_as_set_wins_over_the_file_in_one_place_and_in_the_other(
    settings: EscalationSettings, files: Files
) -> None:
    files.says(high_value=70_000)
    assert (settings.in_force().high_value, settings.high_value()) == (70_000, None)
    settings.change({"high_value": 20_000})
    assert (settings.in_force().high_value, settings.high_value()) == (20_000, 20_000)
    assert settings.policy() == replace(Policy(), high_value=20_000)

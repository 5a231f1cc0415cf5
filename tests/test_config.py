"""Settings: every mistake at once, each with what is accepted."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parents[1]
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-abc"}


def mistakes(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environ)
    return "\n".join(caught.value.mistakes)


def test_nothing_set_means_the_defaults() -> None:
    settings = Settings.from_env({"PORT": "", "HOST": "  "})

    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.slack_timeout == timedelta(seconds=15)
    assert (settings.host, settings.port, settings.database) == ("127.0.0.1", None, Path("toughcustomer.db"))
    assert settings.log_level == "INFO"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-oops", "it begins with xoxb- and stands in your app's page"),
        ("SLACK_APP_TOKEN", "xoxb-1-oops", "it begins with xapp- and is made in your app's page"),
        ("SLACK_SIGNING_SECRET", "short", "it is 32 digits and letters a-f"),
        ("SLACK_API_URL", "http://slack.example/api", "the token would cross the network in clear"),
        ("SLACK_API_URL", "slack.com", "use an https address"),
        ("SLACK_API_URL", "https://", "use an https address"),
        ("SLACK_API_URL", "http://[::1", "use an https address"),
        ("SLACK_API_URL", "https://localhost:99999/", "use an https address"),
        ("HEARTBEAT_URL", "http://watch.example/secret", "HEARTBEAT_URL cannot be used; give an https address"),
        ("HEARTBEAT_URL", "watch.example/secret", "or http on this machine only"),
        ("METRICS", "everybody", 'METRICS is "EVERYBODY"; use one of LOCAL, ON'),
        ("SLACK_TIMEOUT", "soon", 'SLACK_TIMEOUT is "soon"; give a duration such as 15s'),
        ("SLACK_TIMEOUT", "0s", "give a duration"),
        ("PORT", "http", 'PORT is "http"; give a port number'),
        ("PORT", "70000", "from 0 to 65535"),
        ("PORT", "٣٠٠٠", "give a port number"),
        ("DATABASE_URL", "postgres://x", "use sqlite:///toughcustomer.db (relative, three slashes)"),
        ("DATABASE_URL", "sqlite:///", "use sqlite:///"),
        ("ADMINS", "U1ADA, @mia", 'ADMINS holds "@mia"; give member ids such as U012AB3CD'),
        ("LOG_LEVEL", "loud", 'LOG_LEVEL is "LOUD"; use one of DEBUG, INFO, WARNING, ERROR'),
    ],
)
def test_a_value_that_cannot_be_used_is_told_with_what_is_accepted(name: str, value: str, said: str) -> None:
    assert said in mistakes(**{name: value})


def test_a_secret_is_never_repeated() -> None:
    told = mistakes(SLACK_BOT_TOKEN="hunter2-secret", SLACK_SIGNING_SECRET="hunter2-secret")
    assert "hunter2" not in told
    assert "hunter2" not in mistakes(HEARTBEAT_URL="http://watch.example/hunter2")
    assert "hunter2" not in repr(Settings.from_env({"HEARTBEAT_URL": "https://watch.example/hunter2"}))
    assert "hunter2" not in repr(Settings.from_env({"SLACK_BOT_TOKEN": "xoxb-hunter2"}))


def test_all_mistakes_are_told_at_once() -> None:
    assert len(mistakes(PORT="x", LOG_LEVEL="y", SLACK_TIMEOUT="z").splitlines()) == 3


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/api", "http://localhost/api/", "http://[::1]:1/api", "https://x.example/api"]
)
def test_this_machine_or_https_is_accepted_with_or_without_the_final_slash(url: str) -> None:
    assert Settings.from_env({"SLACK_API_URL": url}).slack_api_url == url.rstrip("/") + "/"


def test_three_slashes_are_relative_and_four_absolute() -> None:
    assert Settings.from_env({"DATABASE_URL": "sqlite:///data/tc.db"}).database == Path("data/tc.db")
    assert Settings.from_env({"DATABASE_URL": "sqlite:////srv/tc.db"}).database == Path("/srv/tc.db")


def test_fractions_of_a_second_are_accepted() -> None:
    assert Settings.from_env({"SLACK_TIMEOUT": "1.5s"}).slack_timeout == timedelta(seconds=1.5)


def test_run_needs_a_bot_token_and_one_way_in() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({}).for_run()
    assert [mistake.split()[0] for mistake in caught.value.mistakes] == ["SLACK_BOT_TOKEN", "Neither"]

    assert Settings.from_env(TOKENS).for_run().socket_mode
    http = {**TOKENS, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "0" * 32}
    assert not Settings.from_env(http).for_run().socket_mode


def test_every_variable_is_in_the_example_file_and_nothing_else() -> None:
    import re

    read = set(re.findall(r'read\.\w+\(\s*"([A-Z_]+)"', (ROOT / "bot" / "config.py").read_text()))
    shown = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == shown
    assert len(read) == 20


def test_calendar_addresses_need_a_port_that_somebody_listens_on() -> None:
    settings = Settings(slack_bot_token="xoxb-1", slack_app_token="xapp-1", calendar_url="https://bot.example.com")
    with pytest.raises(SettingsError) as refused:
        settings.for_run()
    assert "CALENDAR_URL is set and PORT is not" in refused.value.mistakes[0]
    assert Settings.from_env({"CALENDAR_URL": "https://bot.example.com"}).calendar_url == "https://bot.example.com"
    with pytest.raises(SettingsError, match="give the https address under which calendar programs reach this port"):
        Settings.from_env({"CALENDAR_URL": "http://bot.example.com"})

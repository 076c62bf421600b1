"""`check` ends within its time limit."""

import threading

import pytest

from source_zendesk.errors import ConfigError, UnreachableError
from source_zendesk.settings.connection import run_within


def test_work_over_the_time_limit_is_abandoned() -> None:
    def wait() -> None:
        threading.Event().wait()

    with pytest.raises(UnreachableError, match=r"No response from https://acme\.zendesk\.com: it took too long"):
        run_within("https://acme.zendesk.com", wait, seconds=0.01)


def test_an_error_within_the_time_limit_is_raised() -> None:
    def refuse() -> None:
        raise ConfigError("wrong")

    with pytest.raises(ConfigError, match="wrong"):
        run_within("https://acme.zendesk.com", refuse)


def test_work_within_the_time_limit_succeeds() -> None:
    run_within("https://acme.zendesk.com", lambda: None)

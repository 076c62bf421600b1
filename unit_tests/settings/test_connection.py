"""Whether an account can be read is known in time."""

import threading

import pytest

from source_zendesk.errors import ConfigError, UnreachableError
from source_zendesk.settings.connection import run_within


def test_what_takes_too_long_is_given_up() -> None:
    def wait() -> None:
        threading.Event().wait()

    with pytest.raises(UnreachableError, match=r"No response from https://acme\.zendesk\.com: it took too long"):
        run_within("https://acme.zendesk.com", wait, seconds=0.01)


def test_what_goes_wrong_in_time_is_raised() -> None:
    def refuse() -> None:
        raise ConfigError("wrong")

    with pytest.raises(ConfigError, match="wrong"):
        run_within("https://acme.zendesk.com", refuse)


def test_what_goes_well_says_nothing() -> None:
    run_within("https://acme.zendesk.com", lambda: None)

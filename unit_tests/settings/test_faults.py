"""One error has the messages of all faults."""

import pytest

from source_zendesk.errors import ConfigError
from source_zendesk.settings.faults import MAX_NAMED, Faults


def collect(*messages: str) -> Faults:
    faults = Faults()
    for message in messages:
        with faults.collect():
            raise ConfigError(message)
    return faults


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        (["`a`: it is missing."], "`a`: it is missing."),
        (["A.", "B."], "A. B."),
        (["A."] * (MAX_NAMED + 2), " ".join(["A."] * MAX_NAMED) + " and 2 more"),
    ],
)
def test_one_error_has_the_messages_in_their_order(messages: list[str], text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        collect(*messages).raise_all()
    assert raised.value.message == text


def test_no_fault_raises_nothing() -> None:
    collect().raise_all()


def test_another_error_is_not_collected() -> None:
    with pytest.raises(KeyError), Faults().collect():
        raise KeyError

"""What is put off while the CDK is imported is back afterwards."""

import gc

import attributes_doc
import pytest

from source_zendesk.cli.fast_import import fast_import


class Described:
    """A class with a description."""

    field: int
    """What it is for."""


def test_no_garbage_is_looked_for_and_no_description_is_parsed_meanwhile() -> None:
    with fast_import():
        assert not gc.isenabled()
        assert attributes_doc.get_attributes_doc(Described) == {}


@pytest.mark.parametrize("error", [None, ValueError])
def test_both_are_back_afterwards(error: type[Exception] | None) -> None:
    if error is None:
        with fast_import():
            pass
    else:
        with pytest.raises(error), fast_import():
            raise error
    assert gc.isenabled()
    assert attributes_doc.get_attributes_doc(Described) == {"field": "What it is for."}

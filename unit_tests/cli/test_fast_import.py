"""Garbage collection and description parsing are off during the import and restored afterwards."""

import gc

import attributes_doc
import pytest

from source_zendesk.cli.fast_import import fast_import


class Described:
    """A class with a description."""

    field: int
    """What it is for."""


def test_garbage_collection_and_description_parsing_are_off() -> None:
    with fast_import():
        assert not gc.isenabled()
        assert attributes_doc.get_attributes_doc(Described) == {}


@pytest.mark.parametrize("error", [None, ValueError])
def test_both_are_restored_afterwards(error: type[Exception] | None) -> None:
    if error is None:
        with fast_import():
            pass
    else:
        with pytest.raises(error), fast_import():
            raise error
    assert gc.isenabled()
    assert attributes_doc.get_attributes_doc(Described) == {"field": "What it is for."}

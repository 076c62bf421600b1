"""A faster import of the CDK."""

import contextlib
import gc
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

DESCRIPTIONS = "attributes_doc"


@contextlib.contextmanager
def fast_import() -> Iterator[None]:
    """Import without looking for garbage, of which there is none, or for descriptions that nobody reads.

    The serialiser of the protocol's messages parses the source of each of their classes, for the texts of JSON schemas
    that are never made.
    """
    gc.disable()
    try:
        with _without_descriptions():
            yield
    finally:
        gc.enable()


@contextlib.contextmanager
def _without_descriptions() -> Iterator[None]:
    try:
        describer: Any = importlib.import_module(DESCRIPTIONS)
    except ImportError:
        yield
        return
    found, describer.get_attributes_doc = describer.get_attributes_doc, _no_descriptions
    try:
        yield
    finally:
        describer.get_attributes_doc = found


def _no_descriptions(_: type) -> Mapping[str, Any]:
    return {}

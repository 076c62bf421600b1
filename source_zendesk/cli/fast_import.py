"""A faster import of the CDK."""

import contextlib
import gc
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

DESCRIPTIONS = "attributes_doc"


@contextlib.contextmanager
def fast_import() -> Iterator[None]:
    """Import the CDK without garbage collection and without parsing descriptions of attributes.

    The serializer of protocol messages parses the source of each message class for the descriptions in JSON schemas,
    which the connector never generates.
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
        parser: Any = importlib.import_module(DESCRIPTIONS)
    except ImportError:
        yield
        return
    original, parser.get_attributes_doc = parser.get_attributes_doc, _no_descriptions
    try:
        yield
    finally:
        parser.get_attributes_doc = original


def _no_descriptions(_: type) -> Mapping[str, Any]:
    return {}

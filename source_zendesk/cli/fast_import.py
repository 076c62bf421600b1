"""A faster import of the CDK, and fewer garbage collections."""

import contextlib
import gc
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

DESCRIPTIONS = "attributes_doc"
OBJECTS_PER_COLLECTION = 50_000


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


def reduce_garbage_collection() -> None:
    """Collect garbage less often: pages have many objects and no cycles, so collections would take half the time.

    This holds for the whole process, whose objects so far are never collected.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_PER_COLLECTION, 20, 50)


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

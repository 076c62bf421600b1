"""A faster import of the CDK, fewer garbage collections, and fewer heaps: for the process of the console script."""

import contextlib
import ctypes
import gc
import importlib
import sys
from collections.abc import Iterator, Mapping
from typing import Any

DESCRIPTIONS = "attributes_doc"
OBJECTS_PER_COLLECTION = 50_000
# `mallopt` of glibc: https://man7.org/linux/man-pages/man3/mallopt.3.html
M_ARENA_MAX, ARENAS = -8, 2


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


def limit_arenas() -> None:
    """Let all threads of the process share two heaps.

    By default, glibc creates eight for each core, and each keeps the memory of the largest pages that its threads read.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(M_ARENA_MAX, ARENAS)


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

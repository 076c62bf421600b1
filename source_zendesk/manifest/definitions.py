"""Builds the components for which the CDK has no type."""

import pkgutil
from collections.abc import Mapping
from typing import Any


def build_component(definition: Mapping[str, Any], **arguments: Any) -> Any:
    """The component of a definition that has a `class_name` and no `type`, with its options and these arguments."""
    options = dict(definition)
    return pkgutil.resolve_name(options.pop("class_name"))(**arguments, **options)

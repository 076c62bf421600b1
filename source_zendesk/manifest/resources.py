"""Paths of the manifest, products and schemas: inside the package in a wheel, beside it in a checkout."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parents[1]


def _locate(name: str) -> Path:
    for folder in (_PACKAGE, _PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is missing from the installation of source-zendesk; reinstall it.")


def manifest_path() -> Path:
    """The absolute path of `manifest.yaml`."""
    return _locate("manifest.yaml")


def products_path() -> Path:
    """The absolute path of the folder of products, with a folder for each product."""
    return _locate("products")


def product_paths() -> list[Path]:
    """The `streams.yaml` of every product folder."""
    return sorted(products_path().glob("*/streams.yaml"))


def schemas_path() -> Path:
    """The absolute path of the folder of record schemas."""
    return _locate("schemas")


def schema_path(name: str, product: str) -> Path:
    """The path of a schema: that of the product if it has one, otherwise the shared one."""
    own = products_path() / product / "schemas" / f"{name}.json"
    return own if own.exists() else schemas_path() / f"{name}.json"


@cache
def load_schema(name: str, product: str = "") -> dict[str, Any]:
    """A JSON schema with references to shared parts resolved."""
    schema: dict[str, Any] = _resolve(json.loads(schema_path(name, product).read_bytes()))
    return schema


@cache
def _shared(name: str) -> Any:
    return _resolve(json.loads((schemas_path() / "shared" / name).read_bytes()))


def _resolve(node: Any) -> Any:
    if isinstance(node, list):
        return [_resolve(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {**_shared(node["$ref"]), **{key: value for key, value in node.items() if key != "$ref"}}
    return {key: _resolve(value) for key, value in node.items()}

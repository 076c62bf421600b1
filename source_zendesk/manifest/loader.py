"""The manifest and the products beside it, as one table of entries."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cache
from typing import Any

from airbyte_cdk.utils.yaml_loader import safe_load_yaml

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.endpoint import Endpoint
from source_zendesk.manifest.families import Families
from source_zendesk.manifest.parents import complete_parents
from source_zendesk.manifest.record_schema import RecordSchema, path_param_types
from source_zendesk.manifest.resources import manifest_path, product_paths

REFERENCE = "#/definitions/"
CDK_KEYS = ("version", "type", "check", "spec", "concurrency_level")
OWN_PRODUCT = "support"


class Manifest:
    """Every entry of `manifest.yaml`, and of the products, composed with its family once.

    Raises `ManifestError` for an entry or a family that cannot be what was meant.
    """

    def __init__(self, content: Mapping[str, Any], products: Mapping[str, list[Mapping[str, Any]]]) -> None:
        self.content, self.products = content, {OWN_PRODUCT: content["streams"], **products}
        self.families = Families(content["families"])
        read = [self._entry(said, product) for product, streams in self.products.items() for said in streams]
        named = {endpoint.name: endpoint for endpoint in read}
        if len(named) < len(read):
            twice = sorted({endpoint.name for endpoint in read if named[endpoint.name] is not endpoint})
            raise ManifestError(f"{', '.join(twice)}: the name of several streams")
        help_centers = dict(content["definitions"]["help_centers"])
        self.endpoints = {
            name: replace(endpoint, parents=complete_parents(endpoint, named, help_centers))
            for name, endpoint in named.items()
        }

    @classmethod
    @cache
    def load(cls) -> "Manifest":
        """The manifest of this installation, read once."""
        products = {path.parent.name: safe_load_yaml(path.read_bytes())["streams"] for path in product_paths()}
        return cls(safe_load_yaml(manifest_path().read_bytes()), products)

    def _entry(self, said: Mapping[str, Any], product: str) -> Endpoint:
        try:
            return Endpoint.from_entry(said, product, self.families[str(said.get("family"))])
        except ManifestError as error:
            raise ManifestError(f"{said.get('name')}: {error}") from error

    def record_schema(self, endpoint: Endpoint) -> dict[str, Any]:
        """The JSON schema of the records of one of its entries, complete."""
        types = path_param_types(endpoint, self.endpoints)
        return dict(RecordSchema(endpoint.schema, endpoint.kind, endpoint.product, types).get_json_schema())

    def with_endpoints(self, endpoints: Iterable[Endpoint]) -> "Manifest":
        """The same with these entries besides."""
        more = copy(self)
        more.endpoints = {**self.endpoints, **{endpoint.name: endpoint for endpoint in endpoints}}
        return more

    def with_parents(self, names: Iterable[str]) -> set[str]:
        """The streams of these names and all that their reading needs."""
        found: set[str] = set()
        waiting = [name for name in names if name in self.endpoints]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [parent["stream"] for parent in self.endpoints[name].parents if "stream" in parent]
        return found

    def subset(self, names: Iterable[str]) -> dict[str, Any]:
        """What the CDK needs to build these streams and their parents: to resolve all of them would take seconds."""
        kept, known = self.with_parents(names), self.content["definitions"]
        selected = [endpoint for name, endpoint in self.endpoints.items() if name in kept]
        streams = [endpoint.definition(known, path_param_types(endpoint, self.endpoints)) for endpoint in selected]
        narrowed = {key: self.content[key] for key in CDK_KEYS}
        definitions: dict[str, Any] = {}
        waiting = set(_references(streams))
        while waiting:
            name = waiting.pop()
            definitions[name] = known[name]
            waiting |= set(_references(known[name])).difference(definitions)
        return {**narrowed, "definitions": definitions, "streams": streams}


def _references(content: Any) -> Iterator[str]:
    """The definitions that a part of the manifest refers to."""
    if isinstance(content, Mapping):
        if isinstance(content.get("$ref"), str):
            yield content["$ref"].removeprefix(REFERENCE)
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from _references(item)

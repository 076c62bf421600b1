"""Loads the manifest and the products as one table of endpoints."""

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver
from airbyte_cdk.utils.yaml_loader import safe_load_yaml

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.endpoint import COMPONENT_KEYS, ENTRY_KEYS, REFERENCE_MARK, Endpoint
from source_zendesk.manifest.families import Families
from source_zendesk.manifest.parent_ref import ParentRef
from source_zendesk.manifest.parents import complete_parents
from source_zendesk.manifest.product_account import GROUP, ProductAccount
from source_zendesk.manifest.record_schema import RecordSchema, path_param_types
from source_zendesk.manifest.resources import manifest_path, product_paths

REFERENCE = "#/definitions/"
CDK_KEYS = ("version", "type", "check", "spec", "concurrency_level")
OWN_PRODUCT, PRODUCT_KEYS = "support", ("account", "defaults", "streams")


class Manifest:
    """The endpoints of `manifest.yaml` and of the products, each composed with its family.

    Raises `ManifestError` for an entry or a family that is not valid.
    """

    def __init__(self, content: Mapping[str, Any], products: Mapping[str, Mapping[str, Any]]) -> None:
        _check_product_keys(products)
        self.content, self.products = content, {OWN_PRODUCT: {"streams": content["streams"]}, **products}
        self.accounts = {
            name: ProductAccount.from_content(name, product["account"])
            for name, product in products.items()
            if "account" in product
        }
        self.families = Families(content["families"], content["traits"])
        by_name = self._load_entries()
        self._help_centers = ParentRef.from_entry(content["definitions"]["help_centers"])
        self.endpoints = {
            name: replace(endpoint, parents=complete_parents(endpoint, by_name, self._help_centers))
            for name, endpoint in by_name.items()
        }

    @classmethod
    @cache
    def load(cls) -> "Manifest":
        """The manifest of this installation, cached."""
        products = {path.parent.name: safe_load_yaml(path.read_bytes()) for path in product_paths()}
        return cls(safe_load_yaml(manifest_path().read_bytes()), products)

    def _load_entries(self) -> dict[str, Endpoint]:
        """The endpoints by name, without the default fields of their parents."""
        loaded = [self.load_entry(entry, name) for name, each in self.products.items() for entry in each["streams"]]
        by_name = {endpoint.name: endpoint for endpoint in loaded}
        if len(by_name) < len(loaded):
            duplicates = sorted({endpoint.name for endpoint in loaded if by_name[endpoint.name] is not endpoint})
            raise ManifestError(f"{', '.join(duplicates)}: the name of several streams")
        return by_name

    def load_entry(self, entry: Mapping[str, Any], product: str) -> Endpoint:
        """The endpoint of an entry, without the default fields of its parents; raises `ManifestError`."""
        own = {key: value for key, value in entry.items() if key not in ENTRY_KEYS}
        try:
            family = self.families.combine(
                self.families[str(entry.get("family"))], self.products[product].get("defaults", {})
            )
            options = self.families.combine(family, own).options()
            for key in COMPONENT_KEYS:
                self._check_reference(key, getattr(options, key))
            if options.account and options.account not in self.accounts:
                raise ManifestError(f"account: no product {options.account} has an account")
            return Endpoint.from_entry(entry, product, options)
        except ManifestError as error:
            raise ManifestError(f"{entry.get('name')}: {error}") from error

    def _check_reference(self, key: str, value: str) -> None:
        if value and (not value.startswith(REFERENCE_MARK) or value[1:] not in self.content["definitions"]):
            raise ManifestError(f"{key}: {value} is not `$` and the name of a definition")

    def record_schema(self, endpoint: Endpoint) -> dict[str, Any]:
        """The complete JSON schema of the records of an endpoint."""
        types = path_param_types(endpoint, self.endpoints)
        return dict(RecordSchema(endpoint.options.schema, endpoint.kind, endpoint.product, types).get_json_schema())

    def component(self, endpoint: Endpoint, part: str) -> Mapping[str, Any]:
        """The definition of a component of an endpoint, such as its `paginator`, without references."""
        reference: str = getattr(endpoint.options, part)
        definition: Mapping[str, Any] = self._resolved_definitions[reference.removeprefix(REFERENCE_MARK)]
        return definition

    @cached_property
    def _resolved_definitions(self) -> Mapping[str, Any]:
        content = {"definitions": self.content["definitions"]}
        definitions: Mapping[str, Any] = ManifestReferenceResolver().preprocess_manifest(content)["definitions"]
        return definitions

    @cached_property
    def spec(self) -> Mapping[str, Any]:
        """The specification of the configuration, with a block for each product with credentials of its own."""
        spec = self.content["spec"]
        if not self.accounts:
            return dict(spec)
        form = spec["connection_specification"]
        first = max(field.get("order", 0) for field in form["properties"].values()) + 1
        blocks = {name: account.block_schema(first + n) for n, (name, account) in enumerate(self.accounts.items())}
        form = {**form, "groups": [*form.get("groups", []), GROUP], "properties": {**form["properties"], **blocks}}
        return {**spec, "connection_specification": form}

    def with_endpoints(self, endpoints: Iterable[Endpoint]) -> "Manifest":
        """A copy with additional endpoints."""
        extended = copy(self)
        extended.endpoints = {**self.endpoints, **{endpoint.name: endpoint for endpoint in endpoints}}
        return extended

    def with_parents(self, names: Iterable[str]) -> set[str]:
        """These streams and, recursively, all that they need.

        These are the streams that their parents read, the streams that request their changed or remaining records, and
        that of the brands if hosts are needed.
        """
        names_with_parents: set[str] = set()
        pending = [name for name in names if name in self.endpoints]
        while pending:
            name = pending.pop()
            if name not in names_with_parents:
                names_with_parents.add(name)
                endpoint = self.endpoints[name]
                hosts = [self._help_centers] if endpoint.options.any_help_center else []
                sources = [source for parent in (*endpoint.parents, *hosts) for source in parent.streams]
                pending += filter(None, [*sources, endpoint.options.changes_from, endpoint.options.rest_from])
        return names_with_parents

    def subset(self, names: Iterable[str]) -> dict[str, Any]:
        """The manifest with only these streams and their parents: resolving all streams would take seconds."""
        selected_names, known = self.with_parents(names), self.content["definitions"]
        selected = [endpoint for name, endpoint in self.endpoints.items() if name in selected_names]
        streams = [endpoint.definition(path_param_types(endpoint, self.endpoints)) for endpoint in selected]
        content = {**{key: self.content[key] for key in CDK_KEYS}, "spec": self.spec}
        definitions: dict[str, Any] = {}
        pending = set(_references(streams))
        while pending:
            name = pending.pop()
            definitions[name] = known[name]
            pending |= set(_references(known[name])).difference(definitions)
        return {**content, "definitions": definitions, "streams": streams}


def _check_product_keys(products: Mapping[str, Mapping[str, Any]]) -> None:
    for name, product in products.items():
        if unknown := sorted(set(product) - set(PRODUCT_KEYS)):
            raise ManifestError(f"{name}: a product has no {', '.join(unknown)}, only {', '.join(PRODUCT_KEYS)}")


def _references(content: Any) -> Iterator[str]:
    """The names of the definitions that a part of the manifest references."""
    if isinstance(content, Mapping):
        if isinstance(content.get("$ref"), str):
            yield content["$ref"].removeprefix(REFERENCE)
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from _references(item)

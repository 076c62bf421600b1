"""An endpoint: an entry of the manifest with the defaults of its family."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.entry_options import EntryOptions
from source_zendesk.manifest.families import Family
from source_zendesk.manifest.parent_ref import ParentRef
from source_zendesk.manifest.placeholders import find_placeholders, path_resource

METHODS = ("get", "post", "put", "patch", "delete")
ENTRY_KEYS = frozenset({"name", "family", *METHODS})
COMPONENT_KEYS = (
    *("primary_key", "cursor_field", "schema", "item_field", "file_field", "job_endpoint"),
    *("redacted", "part", "nested", "nested_ids"),
)
"""The options that become `$parameters` of the components of a stream."""
DEFINITION = "#/definitions/{}"


@dataclass(frozen=True)
class Endpoint:
    """The stream of one endpoint: its entry in the manifest with the defaults of its family.

    `options` is what the entry says; `parents` and the properties are what follows from it. `custom_object` is the key
    of the custom object whose records the stream has, empty for the streams of the manifest.
    """

    name: str
    product: str
    method: str
    path: str
    family: str
    kind: str
    options: EntryOptions
    retriever: Mapping[str, Any]
    schema_loader: str
    parents: list[ParentRef] = field(default_factory=list)
    custom_object: str = ""

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any], product: str, family: Family) -> "Endpoint":
        """Build an endpoint; raises `ManifestError` for keys of the entry that are unknown to the family or missing."""
        methods = [key for key in METHODS if key in entry]
        if len(methods) != 1:
            raise ManifestError(f"expected a path under one of {', '.join(METHODS)}")
        (method,) = methods
        return cls(
            name=str(entry.get("name")),
            product=product,
            method=method.upper(),
            path=str(entry[method]),
            family=family.name,
            kind=family.kind,
            options=family.options({key: value for key, value in entry.items() if key not in ENTRY_KEYS}),
            retriever=family.retriever,
            schema_loader=family.schema_loader,
        )

    @property
    def placeholders(self) -> list[str]:
        """The placeholders of the path."""
        return find_placeholders(self.path)

    @property
    def schema(self) -> str:
        """The schema name of its records."""
        return self.options.schema

    @property
    def primary_key(self) -> list[str]:
        """The fields of the primary key, empty if there is none."""
        return self.options.primary_key

    @property
    def cursor_field(self) -> str:
        """The cursor field, empty if the stream is not incremental."""
        return self.options.cursor_field

    @property
    def record_key(self) -> str:
        """The key of the records in a response; by default the last word of the path or the schema name."""
        return self.options.record_key.format(resource=path_resource(self.path), schema=self.schema)

    @property
    def incremental(self) -> str:
        """The incremental mode of a substream: `none`, `follows_parent` or `per_parent`."""
        return self.options.incremental if self.cursor_field else "none"

    @property
    def required_params(self) -> list[str]:
        """The required parameters of an item of `inputs` or `actions`: of the parents, the path and the entry."""
        parent_fields = [name for parent in self.parents for name in parent.fields]
        return list(dict.fromkeys([*parent_fields, *self.placeholders, *self.options.required_params]))

    @property
    def is_per_brand(self) -> bool:
        """Whether requests go to the host of each brand."""
        return bool(self.retriever.get("per_brand"))

    @property
    def takes_body(self) -> bool:
        """Whether unknown parameters are sent in the body of the request."""
        return bool(self.retriever.get("body_parameters"))

    @property
    def sends(self) -> str:
        """The kind of payload of an action, empty for other streams."""
        return str(self.retriever.get("sends", ""))

    @property
    def max_items(self) -> int:
        """The maximum number of items of a bulk action, 0 without a limit."""
        return int(self.retriever.get("max_items", 0))

    @property
    def sideload(self) -> str:
        """The value of `include` for a sideload stream, empty for other streams."""
        return str(self.retriever.get("sideload", ""))

    def definition(self, definitions: Mapping[str, Any], path_param_types: Mapping[str, str]) -> dict[str, Any]:
        """The definition of the stream for the CDK, with references to its components."""
        retriever = {
            key: {"$ref": DEFINITION.format(value)} if isinstance(value, str) and value in definitions else value
            for key, value in self.retriever.items()
        }
        retriever["requester"] = {**retriever["requester"], "http_method": self.method}
        if self.options.query:
            retriever["query"] = {**retriever.get("query", {}), **self.options.query}
        parameters = {"record_key": self.record_key, **{key: getattr(self.options, key) for key in COMPONENT_KEYS}}
        return {
            "type": "DeclarativeStream",
            "schema_loader": {"$ref": DEFINITION.format(self.schema_loader)},
            "retriever": retriever,
            "$parameters": {
                "name": self.name,
                "endpoint": self.path,
                "product": self.product,
                "path_param_types": dict(path_param_types),
                **{key: value for key, value in parameters.items() if value},
            },
        }

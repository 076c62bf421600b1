"""An endpoint: an entry of the manifest with the defaults of its family."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from source_zendesk.errors import ManifestError
from source_zendesk.manifest.families import REQUIRED, Family
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
    """The stream of one endpoint: its entry in the manifest with the defaults of its family."""

    name: str
    product: str
    method: str
    path: str
    family: str
    kind: str
    options: Mapping[str, Any]
    retriever: Mapping[str, Any]
    schema_loader: str
    parents: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any], product: str, family: Family) -> "Endpoint":
        """Build an endpoint; raises `ManifestError` for keys of the entry that are unknown to the family or missing."""
        name = str(entry.get("name"))
        methods = [key for key in METHODS if key in entry]
        if len(methods) != 1:
            raise ManifestError(f"expected a path under one of {', '.join(METHODS)}")
        own = {key: value for key, value in entry.items() if key not in ENTRY_KEYS}
        if unknown := sorted(set(own) - set(family.defaults)):
            raise ManifestError(f"family {family.name} has no {', '.join(unknown)}")
        options = {**family.defaults, **own}
        if missing := sorted(key for key, value in options.items() if value == REQUIRED):
            raise ManifestError(f"family {family.name} needs {', '.join(missing)}")
        method, path = methods[0].upper(), str(entry[methods[0]])
        return cls(
            name, product, method, path, family.name, family.kind, options, family.retriever, family.schema_loader
        )

    @property
    def placeholders(self) -> list[str]:
        """The placeholders of the path."""
        return find_placeholders(self.path)

    @property
    def schema(self) -> str:
        """The schema name of its records."""
        return str(self.options["schema"])

    @property
    def record_key(self) -> str:
        """The key of the records in a response; by default the last word of the path or the schema name."""
        return str(self.options["record_key"]).format(resource=path_resource(self.path), schema=self.schema)

    @property
    def primary_key(self) -> list[str]:
        """The fields of the primary key, empty if there is none."""
        return list(self.options["primary_key"])

    @property
    def cursor_field(self) -> str:
        """The cursor field, empty if the stream is not incremental."""
        return str(self.options.get("cursor_field", ""))

    @property
    def incremental(self) -> str:
        """The incremental mode of a substream: `none`, `follows_parent` or `per_parent`."""
        return str(self.options.get("incremental", "none")) if self.cursor_field else "none"

    @property
    def required_params(self) -> list[str]:
        """The required parameters of an item of `inputs` or `actions`: of the parents, the path and the entry."""
        parent_fields = [name for parent in self.parents for name in parent["fields"]]
        return list(dict.fromkeys([*parent_fields, *self.placeholders, *self.options.get("required_params", ())]))

    @property
    def optional_params(self) -> list[str]:
        """The optional parameters of an item of `inputs` or `actions`."""
        return list(self.options.get("optional_params", ()))

    @property
    def sideloads(self) -> list[str]:
        """The allowed values of `include`."""
        return list(self.options.get("sideloads", ()))

    @property
    def role(self) -> str:
        """The least role that may call it."""
        return str(self.options["role"])

    @property
    def plan(self) -> str:
        """The plan that includes it, empty if every plan does."""
        return str(self.options["plan"])

    @property
    def preferred_stream(self) -> str:
        """The stream with the same records, or more, for fewer requests; empty if there is none."""
        return str(self.options.get("preferred_stream", ""))

    @property
    def is_per_brand(self) -> bool:
        """Whether requests go to the host of each brand."""
        return bool(self.retriever.get("per_brand"))

    @property
    def counts(self) -> str:
        """The stream whose records it counts, empty for other streams."""
        return str(self.options.get("counts", ""))

    @property
    def tombstone(self) -> Mapping[str, Any]:
        """The fields and values that mark a deleted record, empty if Zendesk does not mark them."""
        return dict(self.options.get("tombstone", {}))

    @property
    def deletions_of(self) -> str:
        """The stream whose deletions its records are, empty for other streams."""
        return str(self.options.get("deletions_of", ""))

    @property
    def deletions_in(self) -> str:
        """The stream that contains the deletions of this one, empty for most."""
        return str(self.options.get("deletions_in", ""))

    @property
    def is_history(self) -> bool:
        """Whether its records are events, which are not deleted one by one."""
        return bool(self.options.get("is_history"))

    @property
    def search_type(self) -> str:
        """The type of its records in the search API, empty if they cannot be searched."""
        return str(self.options.get("search_type", ""))

    @property
    def grows_with_usage(self) -> bool:
        """Whether its records grow with the usage of the account, so that one request for each is expensive."""
        return bool(self.options.get("grows_with_usage"))

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
        if self.options.get("query"):
            retriever["query"] = {**retriever.get("query", {}), **self.options["query"]}
        record_key = {"record_key": self.record_key} if "record_key" in self.options else {}
        parameters = {key: self.options[key] for key in COMPONENT_KEYS if key in self.options}
        return {
            "type": "DeclarativeStream",
            "schema_loader": {"$ref": DEFINITION.format(self.schema_loader)},
            "retriever": retriever,
            "$parameters": {
                "name": self.name,
                "endpoint": self.path,
                "product": self.product,
                "path_param_types": dict(path_param_types),
                **parameters,
                **record_key,
            },
        }

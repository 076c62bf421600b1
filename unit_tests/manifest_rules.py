"""Rules for the manifest, each of which yields its violations; tests apply them to valid and broken manifests."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from source_zendesk.errors import ManifestError
from source_zendesk.manifest import Endpoint, Manifest, ParentRef
from source_zendesk.manifest.endpoint import ENTRY_KEYS
from source_zendesk.manifest.entry_options import EntryOptions
from source_zendesk.manifest.families import TRAITS, names
from source_zendesk.manifest.record_schema import RecordSchema
from source_zendesk.manifest.resources import product_paths, schema_path, schemas_path
from source_zendesk.manifest.roles import ROLES

Content = Mapping[str, Any]
MIN_ENTRIES = 5
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


SECRET = re.compile(
    r"(^|[_.])([a-z]*key|signature[a-z_]*|cookies?|headers?)$|secret|passw|passphrase|pwd|token|authorization|credential"
    r"|custom_headers",
)
# Names of fields that are not secret, by their last part, with the reason.
HARMLESS_NAMES = {
    **dict.fromkeys(("key", "custom_object_key", "issue_key"), "identifies a record of the account"),
    **dict.fromkeys(("collection_key", "item_key", "output_key"), "names a part of a condition"),
    **dict.fromkeys(("signature", "signature_template"), "is appended to comments of agents"),
    **dict.fromkeys(("authorization_type", "api_password_access", "api_token_access"), "a sign-in method or a setting"),
    **dict.fromkeys(("stripe_publishable_key", "public_key"), "the public half of a pair"),
    "access_key": "a part of the address of a file, which a download needs",
    "locale_key": "names a translation",
    "oauth_token_id": "an id",
    "token_url": "an address of the account's identity provider",
    "refresh_token_expires_at": "a time",
    "account_key": "the id of a Chat account, which every page with its widget contains",
}
# Tokens that the next action needs and that are useless without credentials, values that Zendesk masks, a field that
# only `show_current_user` has and masks, and rules for passwords.
HARMLESS = {
    ("upload", "token"), ("available_phone_number", "token"), ("remote_authentication", "masked_secret"),
    ("remote_authentication", "masked_client_secret"), ("user", "authenticity_token"), ("account", "account_key"),
    ("security_settings", "authentication.agent.password"),
}  # fmt: skip


def build_schema(entry: Endpoint) -> Content:
    types = dict.fromkeys(entry.placeholders, "string")
    return RecordSchema(entry.schema, entry.kind, entry.product, types).get_json_schema()


def fields(entry: Endpoint) -> set[str]:
    return set(build_schema(entry)["properties"])


def has_schema(entry: Endpoint) -> bool:
    return schema_path(entry.schema, entry.product).exists()


def sorted_by_path(manifest: Manifest) -> Iterator[str]:
    for product in manifest.products:
        paths = [entry.path for entry in manifest.endpoints.values() if entry.product == product]
        for before, after in itertools.pairwise(paths):
            if before > after:
                yield f"{after} is after {before}"


def names_are_in_snake_case(manifest: Manifest) -> Iterator[str]:
    yield from (f"{name} is not in snake case" for name in manifest.endpoints if not NAME.fullmatch(name))


def defaults_are_not_repeated(manifest: Manifest) -> Iterator[str]:
    """Entries do not repeat the values of their family, its traits and their product."""
    for product, content in manifest.products.items():
        for entry in content["streams"]:
            for key in sorted(set(entry) - ENTRY_KEYS - {TRAITS}):
                try:
                    default = manifest.load_entry({name: entry[name] for name in entry if name != key}, product)
                except ManifestError:  # a key without a default
                    continue
                endpoint = manifest.load_entry(entry, product)
                if _with_record_key(default) == _with_record_key(endpoint):
                    yield f"{endpoint.name}: {key} is already the default of {endpoint.family}"


def _with_record_key(endpoint: Endpoint) -> EntryOptions:
    return replace(endpoint.options, record_key=endpoint.record_key)


def families_have_five_entries(manifest: Manifest) -> Iterator[str]:
    """What fewer entries share is a trait, or an override in the entry."""
    uses = Counter(entry.family for entry in manifest.endpoints.values())
    for name in manifest.content["families"]:
        if uses[name] < MIN_ENTRIES:
            yield f"family {name} has {uses[name]} entries"


def traits_are_used(manifest: Manifest) -> Iterator[str]:
    entries = [entry for content in manifest.products.values() for entry in content["streams"]]
    layers = [*manifest.content["families"].values(), *entries]
    used = {name for layer in layers for name in names(layer.get(TRAITS))}
    yield from (f"trait {name} is not used" for name in manifest.content["traits"] if name not in used)


def definitions_are_used(manifest: Manifest) -> Iterator[str]:
    """Every component is used by a stream; tables without a type or class belong to the code."""
    if list(schemas_exist(manifest)):
        return
    used = manifest.subset(manifest.endpoints)["definitions"]
    components = [name for name, part in manifest.content["definitions"].items() if {"type", "class_name"} & set(part)]
    yield from (f"{name} is defined and not used" for name in components if name not in used)


def schemas_exist(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        if not has_schema(entry):
            yield f"{entry.name}: there is no schema {entry.schema}"


def schemas_are_used(manifest: Manifest) -> Iterator[str]:
    used = {schema_path(entry.schema, entry.product) for entry in manifest.endpoints.values()}
    folders: list[Path] = [schemas_path(), *(path.parent / "schemas" for path in product_paths())]
    for path in sorted(found for folder in folders for found in folder.glob("*.json")):
        if path not in used:
            yield f"schemas/{path.name} is used by no stream"


def keys_are_in_the_schema(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        if has_schema(entry) and entry.kind != "action":
            checked = [*entry.primary_key, *filter(None, [entry.cursor_field])]
            known = fields(entry)
            yield from (f"{entry.name}: {key} is not in its schema" for key in checked if key not in known)


def secrets_are_masked(manifest: Manifest) -> Iterator[str]:
    """Fields with the name of a secret are masked by the entry and described as masked in the schema."""
    for entry in manifest.endpoints.values():
        for path, node in _leaves(build_schema(entry)) if has_schema(entry) else ():
            last = path.rpartition(".")[2]
            if not SECRET.search(last) or last in HARMLESS_NAMES or (entry.schema, path) in HARMLESS:
                continue
            if not any(f"{path}.".startswith(f"{name}.") for name in entry.options.redacted):
                yield f"{entry.name}: {path} is not masked"
            if "masked" not in node.get("description", ""):
                yield f"{entry.name}: the schema does not describe {path} as masked"


def _leaves(schema: Content, before: str = "") -> Iterator[tuple[str, Content]]:
    """The strings and free-form objects of a schema, by their dotted paths."""
    for name, definition in schema.get("properties", {}).items():
        node = definition.get("items") or definition
        if "properties" in node:
            yield from _leaves(node, f"{before}{name}.")
        elif {"string", "object"} & set(node["type"]):
            yield f"{before}{name}", node


def parents_fill_the_path(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        filled = [name for parent in entry.parents for name in parent.fields]
        missing = [name for name in entry.placeholders if name not in filled]
        if missing and entry.kind in ("read", "sideload"):
            yield f"{entry.name}: no parent fills {', '.join(missing)}"
        for parent in entry.parents:
            yield from _check_parent(entry, parent, manifest)


def _check_parent(entry: Endpoint, parent: ParentRef, manifest: Manifest) -> Iterator[str]:
    if not parent.stream:
        return
    stream = manifest.endpoints[parent.stream]
    if stream.kind != "read":
        yield f"{entry.name}: its parent {stream.name} cannot be read by itself"
    elif has_schema(stream):
        names = [path.partition(".")[0] for path in (*parent.fields.values(), *parent.unless)]
        yield from (
            f"{entry.name}: {stream.name} has no field {name}"
            for name in names
            if name.partition(".")[0] not in fields(stream)
        )
    if parent.from_the_beginning and not stream.cursor_field:
        yield f"{entry.name}: {stream.name} has no cursor field to start from"


def children_follow_parents_with_a_cursor(manifest: Manifest) -> Iterator[str]:
    """`follows_parent` needs a parent with a cursor field."""
    for entry in manifest.endpoints.values():
        mode = entry.options.incremental
        if mode not in ("none", "follows_parent", "per_parent"):
            yield f"{entry.name}: incremental is {mode!r}"
        if entry.incremental == "follows_parent":
            parent = manifest.endpoints.get(entry.parents[0].stream)
            if parent is None or not parent.cursor_field:
                yield f"{entry.name}: its parent has no cursor to follow"


def roles_and_preferred_streams_exist(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        if entry.options.role not in ROLES:
            yield f"{entry.name}: there is no role {entry.options.role}"
        if entry.options.preferred_stream and (
            entry.options.preferred_stream == entry.name or entry.options.preferred_stream not in manifest.endpoints
        ):
            yield f"{entry.name}: {entry.options.preferred_stream} is not a valid preferred stream"
        if entry.options.counts and entry.options.counts not in manifest.endpoints:
            yield f"{entry.name}: {entry.options.counts} is not a stream to count"


def preferred_streams_end(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.endpoints.values():
        seen, name = set[str](), entry.name
        while name in manifest.endpoints and name not in seen:
            seen.add(name)
            name = manifest.endpoints[name].options.preferred_stream
        if name in seen:
            yield f"{entry.name}: its preferred streams form a cycle"


RULES: tuple[Callable[[Manifest], Iterator[str]], ...] = (
    sorted_by_path, names_are_in_snake_case, defaults_are_not_repeated, families_have_five_entries, traits_are_used,
    definitions_are_used, schemas_exist, schemas_are_used, keys_are_in_the_schema, parents_fill_the_path,
    secrets_are_masked, children_follow_parents_with_a_cursor, roles_and_preferred_streams_exist, preferred_streams_end,
)  # fmt: skip

"""Parents whose values come from the block of a product."""

from collections.abc import Mapping
from dataclasses import replace

from source_zendesk.manifest import Endpoint, ParentRef
from source_zendesk.settings.product_access import ProductAccess

Products = Mapping[str, ProductAccess]


def configured_values(endpoint: Endpoint, endpoints: Mapping[str, Endpoint], products: Products) -> dict[str, str]:
    """The values for placeholders and parameters of an endpoint, and of its parents, that its product's block has.

    A field with several values is left out.
    """
    values: dict[str, str] = {}
    for parent in endpoint.parents:
        if found := _values(parent, endpoint, products):
            values |= dict.fromkeys(parent.fields, found[0]) if len(found) == 1 else {}
        elif parent.stream:
            of_parent = configured_values(endpoints[parent.stream], endpoints, products)
            values |= {name: of_parent[source] for name, source in parent.fields.items() if source in of_parent}
    return values


def unset_fields(endpoint: Endpoint, endpoints: Mapping[str, Endpoint], products: Products) -> dict[str, str]:
    """The field of the product's block that can have the value of each placeholder or parameter, and has none."""
    fields: dict[str, str] = {}
    for parent in endpoint.parents:
        if parent.setting and not _values(parent, endpoint, products):
            fields |= dict.fromkeys(parent.fields, f"{endpoint.options.account}.{parent.setting}")
        elif parent.stream:
            of_parent = unset_fields(endpoints[parent.stream], endpoints, products)
            fields |= {name: of_parent[source] for name, source in parent.fields.items() if source in of_parent}
    return fields


def configured_endpoints(endpoints: Mapping[str, Endpoint], products: Products) -> dict[str, Endpoint]:
    """The endpoints with the values of the blocks in place of the parent streams that they replace."""
    return {name: _with_configured_parents(endpoint, products) for name, endpoint in endpoints.items()}


def configuring_fields(endpoint: Endpoint, endpoints: Mapping[str, Endpoint]) -> tuple[str, str]:
    """The fields of the product's block with all parents, and with all parents of the first parent; empty for others.

    The endpoints are those of `configured_endpoints`.
    """
    first = endpoints.get(endpoint.parents[0].stream) if endpoint.parents else None
    return _configuring_field(endpoint), _configuring_field(first) if first else ""


def _configuring_field(endpoint: Endpoint) -> str:
    fields = {f"{endpoint.options.account}.{parent.setting}" for parent in endpoint.parents if not parent.stream}
    is_configured = endpoint.parents and all(parent.setting and not parent.stream for parent in endpoint.parents)
    return fields.pop() if is_configured and len(fields) == 1 else ""


def _with_configured_parents(endpoint: Endpoint, products: Products) -> Endpoint:
    parents = [
        ParentRef(fields=parent.fields, values=values, setting=parent.setting)
        if (values := _values(parent, endpoint, products))
        else parent
        for parent in endpoint.parents
    ]
    return endpoint if parents == endpoint.parents else replace(endpoint, parents=parents)


def _values(parent: ParentRef, endpoint: Endpoint, products: Products) -> list[str]:
    access = products.get(endpoint.options.account)
    value = access.credentials.get(parent.setting) if access and parent.setting else None
    return [str(each) for each in (value if isinstance(value, list) else [value]) if each]

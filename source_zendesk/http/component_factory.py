"""The CDK's component factory, with one authenticator for all components of an account, and one connection pool."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.sources.declarative.models.declarative_component_schema import CustomAuthenticator
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory

from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.session import Timeouts, credentials_field


class ComponentFactory(ModelToComponentFactory):
    """Builds components that share one authenticator for each account, and requesters that share their connections.

    A refresh token is single-use, so two authenticators would invalidate each other's token.
    """

    def __init__(self, timeouts: Timeouts, connections: BoundedAdapter, **options: Any) -> None:
        super().__init__(**options)
        self._timeouts, self._connections = timeouts, connections
        self._authenticators: dict[str, Any] = {}

    def create_custom_component(self, model: Any, config: Mapping[str, Any], **kwargs: Any) -> Any:
        """Build a component, but the authenticator of an account only once."""
        if not isinstance(model, CustomAuthenticator):
            return super().create_custom_component(model, config, **{**kwargs, "connections": self._connections})
        field = credentials_field(config)
        if field not in self._authenticators:
            shared = {"timeouts": self._timeouts, "reachability": self._connections.reachability}
            self._authenticators[field] = super().create_custom_component(model, config, **shared, **kwargs)
        return self._authenticators[field]

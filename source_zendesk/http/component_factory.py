"""The CDK's component factory, with one authenticator and one connection pool for all components."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.sources.declarative.models.declarative_component_schema import CustomAuthenticator
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory

from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.session import Timeouts


class ComponentFactory(ModelToComponentFactory):
    """Builds components that share one authenticator, and requesters that share their connections.

    A refresh token is single-use, so two authenticators would invalidate each other's token.
    """

    _authenticator: Any = None

    def __init__(self, timeouts: Timeouts, connections: BoundedAdapter, **options: Any) -> None:
        super().__init__(**options)
        self._timeouts, self._connections = timeouts, connections

    def create_custom_component(self, model: Any, config: Mapping[str, Any], **kwargs: Any) -> Any:
        """Build a component, but the authenticator only once."""
        if not isinstance(model, CustomAuthenticator):
            return super().create_custom_component(model, config, **{**kwargs, "connections": self._connections})
        if self._authenticator is None:
            shared = {"timeouts": self._timeouts, "reachability": self._connections.reachability}
            self._authenticator = super().create_custom_component(model, config, **shared, **kwargs)
        return self._authenticator

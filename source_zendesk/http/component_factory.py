"""The CDK's component factory, with one session setup for all requesters."""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.sources.declarative.auth.declarative_authenticator import DeclarativeAuthenticator
from airbyte_cdk.sources.declarative.models.declarative_component_schema import HttpRequester as HttpRequesterModel
from airbyte_cdk.sources.declarative.models.declarative_component_schema import SelectiveAuthenticator
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.declarative.requesters.request_options.interpolated_request_input_provider import (
    InterpolatedRequestInputProvider,
)

from source_zendesk.http.authenticators import OAuthAuthenticator
from source_zendesk.http.session import Timeouts, account_session


class ComponentFactory(ModelToComponentFactory):
    """Builds requesters that share one authenticator and send requests to the account only.

    A refresh token is single-use, so two authenticators would invalidate each other's token.
    """

    _authenticator: DeclarativeAuthenticator | None = None

    def __init__(self, timeouts: Timeouts, **options: Any) -> None:
        super().__init__(**options)
        self._timeouts = timeouts
        self.brand_origins: set[str] = set()

    def create_selective_authenticator(
        self, model: SelectiveAuthenticator, config: Mapping[str, Any], **kwargs: Any
    ) -> DeclarativeAuthenticator:
        """Build the authenticator for the configured kind of credentials, once."""
        if self._authenticator is None:
            kind = config["credentials"]["credentials"]
            kwargs = {key: value for key, value in kwargs.items() if key in ("name", "url_base")}
            self._authenticator = self._create_component_from_model(model.authenticators[kind], config, **kwargs)
            if isinstance(self._authenticator, OAuthAuthenticator):
                self._authenticator.timeouts = self._timeouts
        return self._authenticator

    def create_http_requester(
        self, model: HttpRequesterModel, config: Mapping[str, Any], *args: Any, name: str, **kwargs: Any
    ) -> HttpRequester:
        """Build a requester that sends requests to the account only.

        Its headers are evaluated once, not for each request.
        """
        without_headers = model.copy(update={"request_headers": None})
        requester: HttpRequester = super().create_http_requester(without_headers, config, *args, name=name, **kwargs)
        session = requester._http_client._session
        headers = InterpolatedRequestInputProvider(
            parameters=model.parameters or {}, config=config, request_inputs=model.request_headers
        )
        session.headers.update({name: str(value) for name, value in headers.eval_request_inputs().items()})
        account_session(requester.get_url(), self.brand_origins, session)
        return requester

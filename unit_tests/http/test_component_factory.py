"""The component factory shares one authenticator among all streams."""

from airbyte_cdk.sources.declarative.decoders import JsonDecoder
from airbyte_cdk.sources.declarative.models.declarative_component_schema import HttpRequester as HttpRequesterModel
from airbyte_cdk.sources.declarative.models.declarative_component_schema import SelectiveAuthenticator

from source_zendesk.http.component_factory import ComponentFactory
from source_zendesk.http.session import SYNC_TIMEOUTS

CONFIG = {"credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}
TOKEN = {"type": "BearerAuthenticator", "api_token": "{{ config['credentials']['access_token'] }}"}
MODEL = SelectiveAuthenticator.parse_obj(
    {
        "type": "SelectiveAuthenticator",
        "authenticator_selection_path": ["credentials", "credentials"],
        "authenticators": {"oauth2.0": TOKEN},
    }
)


def test_streams_share_one_authenticator_of_the_configured_kind() -> None:
    factory = ComponentFactory(SYNC_TIMEOUTS)
    first, second = (factory.create_selective_authenticator(MODEL, CONFIG) for _ in range(2))
    assert first is second
    assert first.get_auth_header() == {"Authorization": "Bearer t0ken"}


def test_headers_are_evaluated_once_and_omitted_without_a_value() -> None:
    headers = {"Accept": "application/json", "X-On-Behalf-Of": "{{ config['user'] }}", "X-None": "{{ config['none'] }}"}
    definition = {"type": "HttpRequester", "url": "https://acme.zendesk.com", "request_headers": headers}
    config = {**CONFIG, "user": "12345", "none": None}
    model = HttpRequesterModel.parse_obj(definition)
    requester = ComponentFactory(SYNC_TIMEOUTS).create_http_requester(
        model, config, name="groups", decoder=JsonDecoder({})
    )
    sent = requester._http_client._session.headers
    assert (sent["Accept"], sent["X-On-Behalf-Of"]) == ("application/json", "12345")
    assert "X-None" not in sent
    assert requester.get_request_headers() == {}

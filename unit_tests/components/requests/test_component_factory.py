"""The factory of components gives all streams one authenticator."""

from airbyte_cdk.sources.declarative.models.declarative_component_schema import SelectiveAuthenticator

from source_zendesk.components.requests.component_factory import ComponentFactory
from source_zendesk.components.requests.patience import PATIENT

CONFIG = {"credentials": {"credentials": "oauth2.0", "access_token": "t0ken"}}
TOKEN = {"type": "BearerAuthenticator", "api_token": "{{ config['credentials']['access_token'] }}"}
MODEL = SelectiveAuthenticator.parse_obj(
    {
        "type": "SelectiveAuthenticator",
        "authenticator_selection_path": ["credentials", "credentials"],
        "authenticators": {"oauth2.0": TOKEN},
    }
)


def test_streams_share_one_authenticator_of_the_kind_that_is_configured() -> None:
    factory = ComponentFactory(PATIENT)
    first, second = (factory.create_selective_authenticator(MODEL, CONFIG) for _ in range(2))
    assert first is second
    assert first.get_auth_header() == {"Authorization": "Bearer t0ken"}

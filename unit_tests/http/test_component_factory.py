"""The component factory shares one authenticator among all components."""

from airbyte_cdk.sources.declarative.models.declarative_component_schema import CustomAuthenticator

from source_zendesk.http.bounded_response import BoundedAdapter
from source_zendesk.http.component_factory import ComponentFactory
from source_zendesk.http.session import CHECK_TIMEOUTS
from unit_tests.account import ACCOUNT

DEFINITION = {
    "type": "CustomAuthenticator",
    "class_name": "source_zendesk.http.authenticator.ZendeskAuthenticator",
    "url": ACCOUNT,
}


def test_components_share_one_authenticator_with_the_timeouts_of_the_command() -> None:
    factory = ComponentFactory(CHECK_TIMEOUTS, BoundedAdapter())
    first, second = (factory.create_component(CustomAuthenticator, DEFINITION, {}) for _ in range(2))
    assert first is second
    assert first.timeouts is CHECK_TIMEOUTS

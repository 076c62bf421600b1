"""A definition without a type names its class."""

from source_zendesk.manifest.definitions import build_component


def test_a_component_has_the_options_of_its_definition_and_the_arguments() -> None:
    definition = {"class_name": "fractions.Fraction", "numerator": 2}
    assert str(build_component(definition, denominator=3)) == "2/3"
    assert definition == {"class_name": "fractions.Fraction", "numerator": 2}

"""The estimate is a message of the protocol."""

from airbyte_cdk.models import AirbyteMessageSerializer

from source_zendesk.output.row_estimate import row_estimate


def test_the_estimate_names_the_stream_and_its_rows() -> None:
    trace = AirbyteMessageSerializer.dump(row_estimate("macros", 250))["trace"]
    assert trace["type"] == "ESTIMATE"
    assert trace["estimate"] == {"name": "macros", "type": "STREAM", "row_estimate": 250}

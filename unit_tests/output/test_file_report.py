"""The counts of files."""

import logging

import pytest

from source_zendesk.output.file_report import FileReport


def test_each_stream_has_one_line_with_its_counts(caplog: pytest.LogCaptureFixture) -> None:
    report = FileReport()
    report.add_stored("photos", 1_500_000)
    report.add_stored("photos", 0)
    report.add_present("photos")
    report.add_stored("greetings", 1)
    with caplog.at_level(logging.INFO, logger="airbyte"):
        report.log_report()

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "Stream greetings: stored 1 file (0.0 MB)"),
        ("INFO", "Stream photos: stored 2 files (1.5 MB), found 1 complete"),
    ]


def test_skipped_files_are_counted_by_reason_in_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    report = FileReport()
    for number in (7, 8):
        report.add_skipped("photos", "it is gone", [number, "a\nb"])
    report.add_skipped("photos", "it is too large", [9])
    report.log_report()

    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == (
        "Stream photos: stored 0 files (0.0 MB). 2 records without a file, such as 7, a b: it is gone. "
        "1 record without a file, such as 9: it is too large"
    )


def test_files_of_another_size_are_counted_in_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    report = FileReport()
    report.add_stored("photos", 5)
    report.add_other_size("photos", [7, 8])
    report.log_report()

    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == (
        "Stream photos: stored 1 file (0.0 MB). 1 file stored with another size than in the record, such as 7, 8"
    )


def test_without_files_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    FileReport().log_report()
    assert caplog.records == []

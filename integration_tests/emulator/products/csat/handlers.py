"""CSAT surveys by version; their responses, sorted by id and filtered by creation time in milliseconds."""

from __future__ import annotations

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import epoch_of, iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import filters, lists

EXPIRES = 28 * 86_400
STARS = (5, 5, 5, 5, 4, 4, 4, 4, 3, 2, 1)


def created(row: Row) -> int:
    """The creation time in milliseconds."""
    return 1000 * (epoch_of(row["expires_at"]) - EXPIRES)


def _milliseconds(values: list[str]) -> int:
    if not values[-1].isdigit():
        raise errors.bad_parameter("filter[created_at]", "must be a Unix time in milliseconds")
    return int(values[-1])


def _from(_: Call, values: list[str]) -> filters.Test:
    start = _milliseconds(values)
    return lambda row: created(row) >= start


def _until(_: Call, values: list[str]) -> filters.Test:
    end = _milliseconds(values)
    return lambda row: created(row) <= end


def _about(_: Call, values: list[str]) -> filters.Test:
    wanted = {one for text in values for one in text.split(",")}
    return lambda row: bool(wanted.intersection(row["subject_zrns"]))


filters.FILTERS.update({
    "csat_survey_responses.filter[created_at_start]": _from,
    "csat_survey_responses.filter[created_at_end]": _until,
    "csat_survey_responses.filter[subject_zrns]": _about,
    "csat_survey_responses.filter[responder_ids]": filters.same("responder_id"),
})  # fmt: skip


@fixup("csat_survey_responses")
def response(row: Row, m: Maker) -> None:
    """A survey response with a rating; a later change affects only the answer's `updated_at`."""
    stars = m.random.choice(STARS)
    ticket = str(m.seed_ids.id_of("tickets", m.index * m.seed_ids.tickets // max(m.seed_ids.count(m.collection), 1)))
    zrn = f"zen:ticket:{ticket}"
    times = {"created_at": iso(m.created), "updated_at": iso(m.updated)}
    question: Row = {"id": f"question-{m.index}", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"}
    question |= {"alias": None, "options": [], "headline": {"type": "static", "key": None, "value": "How was it?"}}
    scale = {"type": "rating_scale", "rating": stars, "rating_category": "good" if stars > 3 else "bad"}
    empty: Row = {"value": None, "selections": []}
    row["answers"] = [scale | times | empty | {"question": question}]
    row.update(
        subject_zrns=[zrn], subjects=[{"id": ticket, "type": "ticket", "zrn": zrn}], expires_at=iso(m.created + EXPIRES)
    )
    responder = m.seed_ids.end_user(m.index) if m.index else m.seed_ids.agent(0)
    row.update(responder_id=responder, survey={"id": "survey-1", "state": "enabled", "version": 1})


@fixup("csat_surveys")
def survey(row: Row, m: Maker) -> None:
    row["version"] = m.index % 3 + 1


@serve("survey_version")
def survey_version(call: Call) -> Reply:
    """A version of a survey; the newest for a higher number."""
    row, version = lists.find(call, "csat_surveys", call.params["survey_id"]), call.params["version"]
    if not version.isdigit() or version == "0":
        raise errors.not_found()
    return ok({"survey": row | {"version": min(int(version), row["version"])}})

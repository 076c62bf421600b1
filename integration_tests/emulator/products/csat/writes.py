"""Survey responses: created for a responder, who then submits the answers."""

from __future__ import annotations

import secrets

from integration_tests.emulator.api import errors
from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.rows import Row
from integration_tests.emulator.products.csat.handlers import EXPIRES
from integration_tests.emulator.reads import lists
from integration_tests.emulator.writes.generic import REQUIRED, body_object, validate

REQUIRED["survey_response"] = ("survey_id", "responder_id", "subject_zrns")
RATINGS = (1, 5)


@serve("create_survey_response")
def create_survey_response(call: Call) -> Reply:
    """Offer a survey to a user; the links have an access token."""
    fields, store = body_object(call), call.account.store
    validate(call, fields, "survey_response", "csat_survey_responses")
    survey = lists.find(call, "csat_surveys", str(fields["survey_id"]))
    if survey["state"] == "disabled":
        raise errors.listed(409, "Conflict", "The survey associated with this survey response has been disabled")
    zrns = [str(zrn) for zrn in fields["subject_zrns"]]
    subjects = [{"type": zrn.split(":")[1], "id": zrn.split(":")[-1], "zrn": zrn} for zrn in zrns]
    known = {"responder_id": int(fields["responder_id"]), "subject_zrns": zrns, "subjects": subjects, "answers": []}
    known["survey"] = {name: survey[name] for name in ("id", "version", "state")}
    known["expires_at"] = iso(int(call.account.clock.epoch()) + EXPIRES)
    row = store.create("csat_survey_responses", **known)
    return ok({"survey_response": {"id": row["id"], "links": _links(row["id"], fields.get("locale") or "en-us")}})


def _links(identifier: str, locale: str) -> Row:
    path = f"/hc/{locale}/survey_responses/{identifier}?access_token={secrets.token_urlsafe(16)}"
    text = {"type": "static", "value": "Rating"}
    ratings = [{"rating": n, "label": text, "emoji": text, "url_path": f"{path}&rating={n}"} for n in RATINGS]
    return {"type": "rating_link_emoji", "url_path": path, "rating_links": ratings}


@serve("submit_survey_response")
def submit_survey_response(call: Call) -> Reply:
    """Set the answers; 403 for everyone but the responder."""
    row, given = lists.path_row(call), body_object(call).get("answers")
    if row["responder_id"] != (call.account.user or {}).get("id"):
        raise errors.listed(403, "Forbidden", "Access to the resource is forbidden")
    if not isinstance(given, list):
        raise errors.listed(400, "BadRequest", "Invalid property")
    answers = [_answer(one, call.account.clock.stamp()) for one in given]
    changed = call.account.store.update("csat_survey_responses", row["id"], answers=answers)
    return ok({"survey_response": changed})


def _answer(given: Row, now: str) -> Row:
    question: Row = {"id": given.get("question_id"), "type": given.get("type"), "sub_type": None, "alias": None}
    question |= {"options": [], "headline": None}
    known = {"rating": given.get("rating"), "rating_category": None, "selections": given.get("selections") or []}
    times = {"created_at": now, "updated_at": now}
    return known | times | {"type": given.get("type"), "value": given.get("value"), "question": question}

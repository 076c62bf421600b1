"""The rows of Zendesk QA, whose 64-bit integers are texts, and the objects of quizzes."""

from __future__ import annotations

from typing import Any

from integration_tests.emulator.api.calls import Call
from integration_tests.emulator.api.registry import serve
from integration_tests.emulator.api.replies import Reply, ok
from integration_tests.emulator.data.clock import iso
from integration_tests.emulator.data.fixups import fixup
from integration_tests.emulator.data.rows import Row, Rows, listing
from integration_tests.emulator.data.values import Maker
from integration_tests.emulator.reads import lists


@fixup("qa_autoqa_ratings")
def autoqa_rating(row: Row, m: Maker) -> None:
    row.update(autoqaRatingId=m.id, autoqaReviewId=m.seed_ids.id_of("qa_autoqa_reviews", m.index), score=50.5)
    _with_times(row, m)


@fixup("qa_autoqa_reviews")
def autoqa_review(row: Row, m: Maker) -> None:
    row["autoqaReviewId"] = m.id
    _with_times(row, m)


def _with_times(row: Row, m: Maker) -> None:
    row.update(createdAt=iso(m.created), updatedAt=iso(m.updated))
    row["workspaceId"] = m.seed_ids.id_of("qa_workspaces", m.index)
    row["externalTicketId"] = str(m.seed_ids.id_of("tickets", m.index))


@fixup("qa_csat")
def csat(row: Row, m: Maker) -> None:
    row.update(externalTicketId=m.id, csatCreatedAt=iso(m.created), csatAnsweredAt=iso(m.updated))


@fixup("qa_reviews")
def reviewed_conversation(row: Row, m: Maker) -> None:
    """A conversation with legacy times in another format than ISO 8601."""
    row.update(externalId=m.id, workspaceId=m.parent, workspaceName="Workspace", sourceType="zendesk")
    row.update(createdAtISO=iso(m.created), lastUpdatedISO=iso(m.updated))
    row.update(createdAt=_legacy(m.created), lastUpdated=_legacy(m.updated))
    _set_hashtags(row)


@fixup("qa_disputes")
def dispute(row: Row, m: Maker) -> None:
    row.update(disputeId=m.id, createdAt=iso(m.created), resolvedAt=iso(m.updated) if m.index % 2 else None)
    row.update(workspace=m.parent, status="ACCEPTED" if m.index % 2 else "OPEN")


@fixup("qa_calibration_sessions")
def calibration_session(row: Row, m: Maker) -> None:
    row.update(createdAt=iso(m.created), updatedAt=iso(m.updated))
    _set_hashtags(row)


@fixup("qa_scorecards")
def scorecard(row: Row, m: Maker) -> None:
    row.update(createdAt=iso(m.created), updatedAt=iso(m.updated))


@fixup("qa_quiz_responses")
def quiz_response(row: Row, m: Maker) -> None:
    row.update(responseId=m.id, correctAnswerPercentage="80")


@fixup("qa_quizzes")
def quiz(row: Row, m: Maker) -> None:
    row.update(publishedDate=iso(m.created), workspaceIds=[m.seed_ids.id_of("qa_workspaces", m.index)])


def _legacy(seconds: int) -> str:
    return iso(seconds).replace("T", " ").replace("Z", " +0000 UTC")


def _set_hashtags(value: Any) -> None:
    """Set the hashtags of each comment and review in a row: objects with the user who wrote them."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _set_hashtags(inner)
    if isinstance(value, dict) and "tags" in value:
        value["tags"] = [{"tag": "praise", "user": {"email": "reviewer@example.com", "name": None}}]


@serve("qa_quiz_overview")
def quiz_overview(call: Call) -> Reply:
    """A quiz with the figures of its answers, without an envelope."""
    quiz = lists.path_row(call)
    option = {"id": "1", "label": "Yes", "correct": True, "position": "1", "selectedCount": "3"}
    question = {"id": "1", "text": "Is it?", "images": [], "properties": [], "type": "MULTIPLE_CHOICE", "position": "1"}
    names = ("id", "name", "status", "publishedDate", "averageScorePercentage")
    times = {"createdAt": quiz["publishedDate"], "updatedAt": quiz["publishedDate"]}
    more = {"description": "", "createdBy": quiz["authorId"], "updatedBy": None, "responseCount": "3"}
    options = [{**option, "percentageSelected": "100"}]
    return ok({**{name: quiz[name] for name in names}, **times, **more, "fields": [{**question, "options": options}]})


@serve("qa_quiz_response")
def answers(call: Call) -> Reply:
    """The answers of one agent to a quiz, without an envelope."""
    row = lists.path_row(call)
    option = {"id": "1", "label": "Yes", "correct": True, "position": "1", "selected": True}
    question = {"id": "1", "text": "Is it?", "images": [], "properties": [], "type": "MULTIPLE_CHOICE", "position": "1"}
    more = {"name": "Quiz", "description": "", "createdAt": iso(1_735_689_600), "userAvatar": ""}
    return ok({
        "quizId": call.params["quizId"], "responseId": row["responseId"], "userId": row["userId"],
        "userName": row["userName"], **more, "fields": [{**question, "answeredCorrectly": True, "options": [option]}],
    })  # fmt: skip


@serve("qa_workspace_users")
def workspace_users(call: Call) -> Rows:
    """The users of a workspace: all of the first one, and every second of the others."""
    (workspace,) = lists.parents(call)
    store = call.account.store
    step = 1 if workspace["id"] == store.seed_ids.id_of("qa_workspaces", 0) else 2
    return listing(store.all("qa_users")[::step])

"""Zendesk's error responses, in its four envelopes.

ApiError
├── bare         {"error": "text"}
├── described    {"error": "Code", "description": "text"}
├── titled       {"error": {"title": "text", "message": "text"}}
└── listed       {"errors": [{"code": "Code", "title": "text", "detail": "text"}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A response other than 2xx, with Zendesk's body."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def described(status: int, code: str, description: str, **more: Any) -> ApiError:
    return ApiError(status, {"error": code, "description": description, **more})


def listed(status: int, code: str, title: str, **more: Any) -> ApiError:
    return ApiError(status, {"errors": [{"code": code, "title": title, **more}]})


def titled(status: int, title: str, message: str) -> ApiError:
    return ApiError(status, {"error": {"title": title, "message": message}})


def unauthenticated() -> ApiError:
    return ApiError(401, {"error": "Couldn't authenticate you"})


def invalid_token() -> ApiError:
    text = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return ApiError(401, {"error": "invalid_token", "error_description": text})


def missing_scope(scope: str) -> ApiError:
    return described(
        403, "Forbidden", f"You are missing the following required scopes: {scope}",
        error_description=f"Missing the following required scopes: {scope}",
    )  # fmt: skip


def forbidden() -> ApiError:
    text = "You do not have access to this page. Please contact the account owner of this help desk for further help."
    return titled(403, "Forbidden", text)


def invalid_endpoint(nearest: str) -> ApiError:
    error = described(404, "InvalidEndpoint", "Not found", nearest=nearest)
    error.headers["x-emulator-nearest"] = nearest
    return error


def no_help_desk(host: str) -> ApiError:
    return ApiError(404, f"No help desk at {host}", {"Content-Type": "text/plain; charset=utf-8"})


def product_refused(status: int) -> ApiError:
    if status == 403:
        return forbidden()
    return described(402, "PaymentRequired", "This feature is not part of your plan") if status == 402 else not_found()


def not_found() -> ApiError:
    return described(404, "RecordNotFound", "Not found")


def bad_parameter(name: str, problem: str) -> ApiError:
    return listed(400, "InvalidParameter", "Invalid parameter", detail=f"{name}: {problem}")


def pagination_depth() -> ApiError:
    text = "Pagination depth must not exceed 100 pages or 10,000 records; use cursor pagination"
    return listed(400, "InvalidPaginationDepth", "Invalid pagination depth", detail=text)


def pagination_parameter(detail: str) -> ApiError:
    return listed(400, "InvalidPaginationParameter", "Invalid pagination parameter", detail=detail)


def start_time_too_recent() -> ApiError:
    return described(400, "StartTimeTooRecent", "Too recent start_time. Use a start_time older than 60 seconds")


def invalid_cursor() -> ApiError:
    return described(400, "InvalidCursor", "The cursor is invalid or has expired")


def search_window() -> ApiError:
    text = "Number of search results exceeds the limit of 1000. Use the search export endpoint"
    return described(422, "invalid", text)


def record_invalid(**details: str) -> ApiError:
    rows = {field: [{"description": text, "error": "BlankValue"}] for field, text in details.items()}
    return described(422, "RecordInvalid", "Record validation errors", details=rows)


def unprocessable_body() -> ApiError:
    return ApiError(422, {"error": "Unprocessable Entity", "message": "Server could not parse JSON"})


def too_many_items(limit: int) -> ApiError:
    return described(400, "TooManyItems", f"Too many items: the limit is {limit}")


def too_many_jobs(running: list[str]) -> ApiError:
    return ApiError(429, {"error": "TooManyJobs", "current_job_ids": running}, {"Retry-After": "1"})


def idempotent_mismatch() -> ApiError:
    text = "The request body does not match the one first sent with this idempotency key"
    return described(400, "IdempotentRequestError", text)


def conflict() -> ApiError:
    return described(409, "UpdateConflict", "Safe Update prevented the update due to outdated ticket data")


def rate_limited(retry_after: int, text: str) -> ApiError:
    return ApiError(429, text, {"Retry-After": str(retry_after), "Content-Type": "text/plain; charset=utf-8"})

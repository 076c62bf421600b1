"""The least that the work can cost, in one thread: `python floor.py <lists>`.

The same pages over the same TLS by `requests`, parsed by orjson, each row written by one `orjson.dumps` as a record
message. No state, no limits, no retries, nothing is checked.
"""

import sys
import time
from typing import Any

import orjson
import requests

AUTHORIZATION = {"Authorization": "Bearer bench"}
SESSION = requests.Session()


def main(lists: list[dict[str, Any]]) -> None:
    """Read lists: of each its `address` and `key`, a `part` that is a row of its own, and the lists of `children`."""
    for found in lists:
        _read(found["address"], found["key"], found.get("part"), found.get("children", []))


def _read(address: str | None, key: str, part: str | None, children: list[dict[str, Any]]) -> None:
    while address:
        page = orjson.loads(SESSION.get(address, headers=AUTHORIZATION).content)
        _write(key, page[key])
        if part:
            _write(part, [row[part] for row in page[key]])
        for child in children:
            for row in page[key]:
                _read(child["address"].replace("{id}", str(row["id"])), child["key"], None, [])
        address = _following(page)


def _write(stream: str, rows: list[Any]) -> None:
    write, now = sys.stdout.buffer.write, int(time.time() * 1000)
    for row in rows:
        record = {"stream": stream, "data": row, "emitted_at": now}
        write(orjson.dumps({"type": "RECORD", "record": record}, option=orjson.OPT_APPEND_NEWLINE))


def _following(page: dict[str, Any]) -> str | None:
    """The address of the next page."""
    if "end_of_stream" in page:
        return None if page["end_of_stream"] else str(page["after_url"])
    following = page["links"]["next"] if "links" in page else page["next_page"]
    return following and str(following)


if __name__ == "__main__":
    main(orjson.loads(sys.argv[1]))

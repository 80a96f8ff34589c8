"""What goes back over the wire, as values."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from tests.replica.asked import Shown
from tests.replica.plan import Validators

# Bytes to send, or seconds to wait.
Steps = Iterator[bytes | float]


@dataclass(frozen=True, slots=True)
class Answer:
    """`length` is what the header claims where that is not so, -1 where it claims nothing. `steps`
    are sent behind `content`; `is_cut`: the connection is closed behind them."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    length: int | None = None
    steps: Callable[[], Steps] | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells one state of an address from another."""

    etag: str
    modified: dt.datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a request says that it has already; "" where it says nothing."""

    etag: str = ""
    modified: str = ""


def of_shown(shown: Shown, mark: Mark, validators: Validators) -> Answer:
    """A page or a file with the marks that the site gives."""
    headers = (("Content-Type", shown.media_type), *marks_of(mark, validators))
    return Answer(200, headers, shown.content)


def marks_of(mark: Mark, validators: Validators) -> tuple[tuple[str, str], ...]:
    modified = ("Last-Modified", format_datetime(mark.modified, usegmt=True))
    if validators == "none":
        return ()
    return (modified,) if validators == "last_modified" else (("ETag", mark.etag), modified)


def is_unchanged(mark: Mark, validators: Validators, conditions: Conditions) -> bool:
    """Whether what the client has is what there is; the ETag is asked before the date."""
    if validators == "none":
        return False
    if conditions.etag and validators == "both":
        return mark.etag in conditions.etag or conditions.etag.strip() == "*"
    if not conditions.modified:
        return False
    try:
        return mark.modified <= parsedate_to_datetime(conditions.modified)
    except (ValueError, TypeError):
        return False


def etag_of(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'


def plain(status: int, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """A bare answer of the server itself."""
    page = f"<html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    return Answer(status, (("Content-Type", "text/html"), *headers), page.encode())


def of_status(status: int, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """As servers say it: 404 Not Found."""
    return plain(status, f"{status} {HTTPStatus(status).phrase}", headers)


def head_of(answer: Answer, *, closes: bool) -> bytes:
    """Status line and headers."""
    lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}", "Server: nginx"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    length = len(answer.content) if answer.length is None else answer.length
    if length >= 0 and answer.status != HTTPStatus.NOT_MODIFIED:
        lines.append(f"Content-Length: {length}")
    lines.append("Connection: close" if closes else "Connection: keep-alive")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"

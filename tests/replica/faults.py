"""What can go wrong at an address: the name of a fault → what is answered instead."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from tests.replica.answers import Answer, Steps, of_status
from tests.replica.plan import Fault
from tests.simulate.words import load_words

Where = Literal["start", "listing", "document", "file", "site"]
Sound = Callable[[], Answer]

HOP = "/hop/"
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_HOPS = 4
_HUGE = 10_000_000_000
_ZEROS = bytes(65_536)
_PIECE = 512
_DRIP_SECONDS = 0.05
# A body that never ends does, for the sake of those who wait for it.
_MOST_PIECES = 200_000
_METADATA = "http://169.254.169.254/latest/meta-data/"
_RETRY_AFTER = (("Retry-After", "1"),)


@dataclass(frozen=True, slots=True)
class Kind:
    """`where` the fault lies, of which `family` its site is, how often it happens (None is always),
    and what it answers; None where the site itself plays it. `trouble` is the kind of trouble that
    a crawl must tell, None where there is none to tell; `ruins`: what lies there cannot be had."""

    where: Where
    family: str = "plain"
    times: int | None = None
    answer: Callable[[str, Sound], Answer] | None = None
    trouble: str | None = None
    ruins: bool = False


def faulty(fault: Fault, target: str, sound: Sound, before: int) -> Answer | None:
    """What the fault answers to a request that came `before` times already; None where it is over
    or is the family's to play."""
    kind = KINDS[fault.name]
    if kind.answer is None or (fault.times is not None and before >= fault.times):
        return None
    return kind.answer(target, sound)


def hop(target: str, sound: Callable[[str], Answer]) -> Answer:
    """A step of a chain: /hop/2/a.html leads to /hop/1/a.html, which shows what /a.html should."""
    number, _, rest = target.removeprefix(HOP).partition("/")
    if not number.isdecimal():
        return of_status(404)
    if int(number) <= 1:
        return sound(f"/{rest}")
    return _to(f"{HOP}{int(number) - 1}/{rest}")


def _to(location: str) -> Answer:
    return of_status(302, (("Location", location),))


def _page(body: str, title: str = "", status: int = 200) -> Answer:
    head = f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head>'
    return Answer(status, _HTML, f"{head}<body>{body}</body></html>".encode())


def _challenge(status: int) -> Answer:
    script = "document.cookie='__jsl_clearance=1|0;path=/';location.href=location.pathname;"
    return _page(f"<script>{script}</script>", status=status)


def _captcha() -> Answer:
    words = load_words().websites.trouble
    field = '<img src="/captcha.jpg" id="captcha"><input name="captcha">'
    return _page(f"<p>{words.captcha}</p><form>{field}</form>", words.captcha)


def _login() -> Answer:
    words = load_words().websites.trouble
    form = f'<form><input name="user">{words.password}<input type="password" name="p"></form>'
    return _page(form, words.login)


def _error_page() -> Answer:
    text = load_words().websites.trouble.error
    return _page(f"<h1>{text}</h1>", text)


def _nothing() -> Answer:
    words = load_words().websites
    return _page(f'<div class="none">{words.nothing}</div>', words.column)


def _cut(answer: Answer) -> Answer:
    """The length is told right, half of it is sent."""
    half = answer.content[: len(answer.content) // 2]
    return replace(answer, content=half, length=len(answer.content), is_cut=True)


def _half_page(answer: Answer) -> Answer:
    """Half a page, told as if it were whole."""
    return replace(answer, content=answer.content[: len(answer.content) // 2])


def _chunked(answer: Answer) -> Answer:
    headers = (*answer.headers, ("Transfer-Encoding", "chunked"))
    return replace(
        answer, headers=headers, content=b"", length=-1, steps=lambda: _chunks(answer.content)
    )


def _chunks(content: bytes) -> Iterator[bytes | float]:
    for at in range(0, len(content), 4 * _PIECE):
        piece = content[at : at + 4 * _PIECE]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _gzipped(answer: Answer) -> Answer:
    packed = gzip.compress(answer.content, mtime=0)
    return replace(answer, headers=(*answer.headers, ("Content-Encoding", "gzip")), content=packed)


def _drip(answer: Answer) -> Answer:
    def steps() -> Steps:
        for at in range(0, len(answer.content), 4 * _PIECE):
            yield answer.content[at : at + 4 * _PIECE]
            yield _DRIP_SECONDS

    return replace(answer, content=b"", length=len(answer.content), steps=steps)


def _never_ends() -> Answer:
    def steps() -> Steps:
        for _ in range(_MOST_PIECES):
            yield b"<p>0</p>" * 8
            yield _DRIP_SECONDS

    return Answer(200, _HTML, b"<html><body>", -1, steps, is_cut=True)


def _silent() -> Answer:
    def steps() -> Steps:
        for _ in range(_MOST_PIECES):
            yield 1.0

    return Answer(0, (), b"", -1, steps, is_cut=True)


def _huge() -> Answer:
    def steps() -> Steps:
        for _ in range(_HUGE // len(_ZEROS)):
            yield _ZEROS

    return Answer(200, (("Content-Type", "application/pdf"),), b"", _HUGE, steps, is_cut=True)


def _typed(answer: Answer, media_type: str) -> Answer:
    others = tuple(header for header in answer.headers if header[0] != "Content-Type")
    return replace(answer, headers=(("Content-Type", media_type), *others))


def _wrong_type(answer: Answer) -> Answer:
    is_page = answer.content.lstrip().startswith(b"<")
    return _typed(answer, "application/octet-stream" if is_page else "text/html")


def _named(answer: Answer) -> Answer:
    name = ("Content-Disposition", 'attachment; filename="../../etc/passwd"')
    return replace(answer, headers=(*answer.headers, name))


def _passing(where: Where, answer: Callable[[str, Sound], Answer], times: int = 1) -> Kind:
    return Kind(where, times=times, answer=answer)


def _odd(where: Where, answer: Callable[[str, Sound], Answer]) -> Kind:
    """An answer in a manner of its own, that holds what it should."""
    return Kind(where, answer=answer)


def _ruin(where: Where, trouble: str, answer: Callable[[str, Sound], Answer]) -> Kind:
    return Kind(where, answer=answer, trouble=trouble, ruins=True)


KINDS: Mapping[str, Kind] = {
    "too_many_requests": _passing("start", lambda t, s: of_status(429, _RETRY_AFTER)),
    "server_error": _passing("start", lambda t, s: of_status(500)),
    "server_error_twice": _passing("document", lambda t, s: of_status(500), times=2),
    "unavailable": _passing("document", lambda t, s: of_status(503)),
    "unavailable_twice": _passing("start", lambda t, s: of_status(503), times=2),
    "unavailable_later": _passing("start", lambda t, s: of_status(503, _RETRY_AFTER)),
    "truncated": _passing("document", lambda t, s: _cut(s())),
    "drip": _odd("document", lambda t, s: _drip(s())),
    "chunked": _odd("start", lambda t, s: _chunked(s())),
    "gzip": _odd("start", lambda t, s: _gzipped(s())),
    "redirect_chain": _odd("document", lambda t, s: _to(f"{HOP}{_HOPS}{t}")),
    "wrong_type": _odd("file", lambda t, s: _wrong_type(s())),
    "odd_name": _odd("file", lambda t, s: _named(s())),
    "not_found": _ruin("document", "http_error", lambda t, s: of_status(404)),
    "server_error_always": _ruin("start", "http_error", lambda t, s: of_status(500)),
    "never_ends": _ruin("document", "too_long", lambda t, s: _never_ends()),
    "silent": _ruin("document", "no_answer", lambda t, s: _silent()),
    "huge": _ruin("file", "too_large", lambda t, s: _huge()),
    "truncated_always": _ruin("document", "truncated", lambda t, s: _cut(s())),
    "redirect_loop": _ruin("document", "redirect_loop", lambda t, s: _to(t)),
    "redirect_private": _ruin("document", "refused", lambda t, s: _to("http://10.0.0.1/")),
    "redirect_metadata": _ruin("document", "refused", lambda t, s: _to(_METADATA)),
    "redirect_file": _ruin("document", "refused", lambda t, s: _to("file:///etc/passwd")),
    "challenge": _ruin("start", "challenge", lambda t, s: _challenge(200)),
    "challenge_412": _ruin("start", "challenge", lambda t, s: _challenge(412)),
    "challenge_521": _ruin("document", "challenge", lambda t, s: _challenge(521)),
    "captcha": _ruin("start", "captcha", lambda t, s: _captcha()),
    "login": _ruin("start", "login_page", lambda t, s: _login()),
    "error_page": _ruin("document", "error_page", lambda t, s: _error_page()),
    "empty_listing": _ruin("start", "empty_listing", lambda t, s: _nothing()),
    "empty_shell": _ruin("start", "stub_page", lambda t, s: _page('<div id="app"></div>')),
    "half_page": replace(
        _ruin("start", "truncated", lambda t, s: _half_page(s())), family="hanweb_jpage"
    ),
    "stub_page": replace(
        _ruin("listing", "stub_page", lambda t, s: _page("<div></div>")), family="trs_static"
    ),
    "more_told": Kind("site", "gkmlpt", trouble="incomplete_listing"),
    "endless_paging": Kind("site", trouble="too_many_pages"),
    "robots_all": Kind("site", trouble="robots"),
    "robots_folder": Kind("site"),
    "robots_error": Kind("site"),
}
# Faults that are over after a request or two, and leave nothing behind.
PASSING = ("too_many_requests", "server_error", "unavailable", "unavailable_later", "truncated")

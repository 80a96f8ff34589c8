"""What stands in the place of what was asked for, as values: never taken for "no reports"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selectolax.lexbor import LexborNode

from pipelines.crawl.model import Page
from pipelines.crawl.pages import Html, html_of, of_text, sent_on_to
from pipelines.crawl.words import TroubleWords, Words
from pipelines.domain import OgiError
from pipelines.text import fold
from pipelines.web.markup import attribute, text_in


class TroubleKind(StrEnum):
    CHALLENGE = "challenge"
    CAPTCHA = "captcha"
    LOGIN_PAGE = "login_page"
    ERROR_PAGE = "error_page"
    HTTP_ERROR = "http_error"
    STUB_PAGE = "stub_page"
    TRUNCATED = "truncated"
    REDIRECT_LOOP = "redirect_loop"
    UNREADABLE_ANSWER = "unreadable_answer"
    EMPTY_LISTING = "empty_listing"
    INCOMPLETE_LISTING = "incomplete_listing"
    TOO_MANY_PAGES = "too_many_pages"
    MISSING_YEAR = "missing_year"
    UNREACHABLE = "unreachable"
    ROBOTS_FORBIDDEN = "robots_forbidden"
    REFUSED_ADDRESS = "refused_address"
    TOO_LARGE = "too_large"
    OUT_OF_HOURS = "out_of_hours"
    SITE_LIMIT = "site_limit"
    OWN_FAULT = "own_fault"


# What another try, later, may well mend; the others stay until someone looks.
_PASSING = frozenset({TroubleKind.TRUNCATED, TroubleKind.STUB_PAGE, TroubleKind.INCOMPLETE_LISTING})
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with an answer or a listing: one line in `detail`."""

    kind: TroubleKind
    address: str
    detail: str
    status: int = 200

    @property
    def may_pass(self) -> bool:
        """Whether another try in the same night makes sense."""
        by_status = self.kind is TroubleKind.HTTP_ERROR and self.status in _PASSING_STATUS
        return by_status or self.kind in _PASSING

    def __str__(self) -> str:
        return f"{self.kind}: {self.address}: {self.detail}"


class Troubled(OgiError):  # noqa: N818 - it carries a trouble
    """An answer in which a family cannot find what it must have."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(str(trouble))
        self.trouble = trouble


_CHALLENGE_STATUS = frozenset({412, 521})
# Names that the scripts of challenges use, and no page beside them.
_CHALLENGES = (
    "__jsl_clearance", "_$_ts", "$_ts=", "$_ts.", "acw_sc__v", "wzws-waf", "wzws_sessionid",
    "wzwsquestion", "__cf_chl", "cf-chl-", "yunsuo_session", "yunsuoautojump", "safedog",
    "aliyun_waf", "_waf_bd8ce2ce37", "slidecaptcha", "dynamic_challenge", "hexin-v",
    "security_session_verify", "security_session_mid_verify",
)  # fmt: skip
_SETS_COOKIE = re.compile(r"document\s*\.?\s*\[?[\"']?cookie[\"']?\]?\s*=")
_LOADS_AGAIN = re.compile(r"location\s*\.\s*(?:reload|href|replace|assign)|location\s*=")
_CAPTCHA_NAME = re.compile(r"captcha|verif(?:y|ication)_?code|checkcode|yzm|randcode", re.I)
_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml"})
_TAG = re.compile(rb"<(?:!doctype|html|head|body|script|meta|div|table|p)\b", re.I)
# A page that says only one thing is shorter, and has fewer links.
_LITTLE_TEXT = 600
_HARDLY_ANY_TEXT = 60
_NOTHING = 20
_FEW_LINKS = 12
_SHORT_TITLE = 40
_SHELL_SCRIPT = 40
_OPEN_AT_END = re.compile(rb"<[a-z!/][^<>]{0,2000}$", re.I)
_ENDS_OF = {
    b"%PDF-": (b"startxref",),
    b"PK\x03\x04": (b"PK\x05\x06",),
}


def trouble_of(page: Page, words: Words, redirects: Sequence[str] = ()) -> Trouble | None:
    """What is wrong with an answer, None where it may be what was asked for. `redirects` are the
    addresses that led to it, in their order, without its own."""
    looped = _first_twice((*redirects, page.address))
    if looped is not None:
        return _trouble(page, TroubleKind.REDIRECT_LOOP, f"led back to {looped}")
    html = html_of(page) if is_html(page) else None
    for kind, detail in _troubles(page, html, words.trouble):
        if detail is not None:
            return _trouble(page, kind, detail)
    return None


def _troubles(
    page: Page, html: Html | None, words: TroubleWords
) -> Iterator[tuple[TroubleKind, str | None]]:
    """Each trouble with what tells of it, None where nothing does; the more telling first."""
    if html is not None:
        yield TroubleKind.CHALLENGE, _challenge(page, html)
        yield TroubleKind.CAPTCHA, _captcha(html, words)
    yield TroubleKind.HTTP_ERROR, f"status {page.status}" if page.status >= 400 else None
    yield TroubleKind.TRUNCATED, _cut_off(page, html)
    yield TroubleKind.STUB_PAGE, None if page.content.strip() else "no bytes"
    if html is not None:
        yield TroubleKind.UNREADABLE_ANSWER, html.refusal
        yield TroubleKind.ERROR_PAGE, _error_page(html, words)
        yield TroubleKind.LOGIN_PAGE, _login(html)
        yield TroubleKind.STUB_PAGE, _stub(html, words)


def piece_of(page: Page, text: str) -> Html:
    """HTML that a page holds in a script or a store of its own.

    Raises:
        Troubled: no parser may be let at it.
    """
    whole = html_of(page)
    html = of_text(text, whole.base, whole.encoding)
    if html.refusal is not None:
        raise Troubled(_trouble(page, TroubleKind.UNREADABLE_ANSWER, html.refusal))
    return html


def is_html(page: Page) -> bool:
    """Whether an answer is a page: its bytes begin like one, whatever its header says, or its
    header says so and nothing else is known of it."""
    if _TAG.search(page.content[:2000]):
        return not page.content.lstrip().startswith((b"{", b"[", b"%PDF-", b"PK\x03\x04"))
    if page.content.startswith(tuple(_ENDS_OF)) or page.content.lstrip()[:1] in (b"{", b"["):
        return False
    return page.media_type in _HTML_TYPES and b"\0" not in page.content[:2000]


def incomplete(address: str, told: int | None, found: int) -> Trouble | None:
    """The trouble of a listing that says how many entries it has and shows fewer of them."""
    if told is None or found >= told:
        return None
    detail = f"{told} entries told, {found} found"
    return Trouble(TroubleKind.INCOMPLETE_LISTING, address, detail)


def too_many_pages(address: str, told: int | None, taken: int) -> Trouble | None:
    """The trouble of a listing of more pages than are taken of any."""
    if told is None or told <= taken:
        return None
    return Trouble(TroubleKind.TOO_MANY_PAGES, address, f"{told} pages told, {taken} are taken")


def _trouble(page: Page, kind: TroubleKind, detail: str) -> Trouble:
    return Trouble(kind, page.address, detail, page.status)


def _first_twice(addresses: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for address in addresses:
        if address in seen:
            return address
        seen.add(address)
    return None


def _challenge(page: Page, html: Html) -> str | None:
    """A script that wants to be run before the page is shown."""
    running = html.scripts
    if page.status in _CHALLENGE_STATUS and "<script" in html.text.lower():
        return f"status {page.status} with a script"
    if len(html.tree.css("a")) > _FEW_LINKS or len(html.visible) > _HARDLY_ANY_TEXT:
        return None
    lower = html.text.lower()
    for name in _CHALLENGES:
        if name in lower:
            return f"a script with {name}"
    if _SETS_COOKIE.search(running) and _LOADS_AGAIN.search(running):
        return "a script that sets a cookie and loads the page again"
    return None


def _captcha(html: Html, words: TroubleWords) -> str | None:
    """A page that asks for a proof and shows little else. Pages with a form of their own, for
    letters to the mayor say, show more."""
    if not _says_little(html):
        return None
    said = fold(f"{text_in(html.tree.css_first('title'))} {html.visible}")
    asked = next((word for word in words.folded_captcha if word in said), None)
    if asked is None:
        return None
    fields = [n for n in html.tree.css("input, img, div, iframe") if _is_captcha(n)]
    if not fields and len(said) > _HARDLY_ANY_TEXT:
        return None
    return f"it asks: {asked}"


def _is_captcha(node: LexborNode) -> bool:
    named = " ".join(attribute(node, name) for name in ("id", "name", "class", "src"))
    return _CAPTCHA_NAME.search(named) is not None


def _error_page(html: Html, words: TroubleWords) -> str | None:
    """A page whose title or heading is an error's, and that says little else."""
    if not _says_little(html):
        return None
    headings = [text_in(node) for node in html.tree.css("title, h1, h2, h3, .error, .title, .tips")]
    lines = [html.visible] if len(html.visible) <= _SHORT_TITLE else []
    for text in (*headings, *lines):
        if len(text) <= _SHORT_TITLE and _is_error(text, words):
            return f"it says: {text}"
    return None


def _is_error(text: str, words: TroubleWords) -> bool:
    if fold(text) in words.folded_error_titles:
        return True
    # A site's name stands behind the error's, or before it.
    pieces = [fold(piece) for piece in re.split(r"[-_|—,，.。!！:：\s]+", text)]
    return any(len(piece) >= 3 and piece in words.folded_error_titles for piece in pieces)


def _login(html: Html) -> str | None:
    password = html.tree.css_first("input[type='password' i]")
    return "it asks for a password" if password is not None and _says_little(html) else None


def _says_little(html: Html) -> bool:
    return len(html.tree.css("a")) <= _FEW_LINKS and len(html.visible) <= _LITTLE_TEXT


def _stub(html: Html, words: TroubleWords) -> str | None:
    """Nothing to see, nothing to follow, no script that could draw it. A page that says that there
    is nothing has said what it has to."""
    shows = "a[href], img, iframe, frame, embed, object, script[src], record, recordset"
    if html.tree.css_first(shows) is not None or len(html.visible) >= _NOTHING:
        return None
    if any(word in fold(html.visible) for word in words.folded_empty):
        return None
    if len(html.scripts) >= _SHELL_SCRIPT or sent_on_to(html) is not None:
        return None
    return f"{len(html.text)} characters that show nothing"


def _cut_off(page: Page, html: Html | None) -> str | None:
    """Whether bytes are missing at the end; a length is only told where nothing was packed."""
    told = page.headers.get("content-length", "")
    if told.isdecimal() and len(told) < 16 and "content-encoding" not in page.headers:
        missing = int(told) - len(page.content)
        if missing > 0:
            return f"{missing} bytes of {told} are missing"
    for begin, ends in _ENDS_OF.items():
        if page.content.startswith(begin) and not any(end in page.content for end in ends):
            return "the file has no end"
    if html is not None and b"</html" not in page.content[-2000:].lower():
        end = page.content.rstrip()
        if _OPEN_AT_END.search(end[-2100:]) is not None:
            return "it ends inside of a tag"
        lower = end.lower()
        if lower.rfind(b"<script") > lower.rfind(b"</script"):
            return "it ends inside of a script"
    return None

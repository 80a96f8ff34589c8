"""Damaged answers: a family says what it finds, or `Troubled`; nothing else leaves it."""

import random
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.crawl.choice import choose, columns_in
from pipelines.crawl.families import FAMILIES, family_of
from pipelines.crawl.model import DocumentPage, Listing, Page
from pipelines.crawl.safety import Limits
from pipelines.crawl.source import Source
from pipelines.crawl.trouble import Troubled, trouble_of
from pipelines.crawl.words import load_words
from pipelines.forms import load_forms
from pipelines.web.addresses import MAX_ADDRESS
from tests.unit.crawl.saved import Saved, saved_pages

SAVED = list(saved_pages())
WORDS = load_words()
LEXICON = load_forms().lexicon
# What means something to one family or another.
TOKENS = (
    b"<", b">", b"</a>", b"<a href='", b"<a href=//[::1>", b"href='http://[x'",
    b"<base href='http://['>", b"<!--", b"]]>", b"<![CDATA[", b"<record>", b"</recordset>",
    b"<datastore>", b"<nextgroup>", b"\0", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x81",
    b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"\\u", b"\\ud800", b"null", b"true", b"-1",
    b"1e999", b"NaN", b"9" * 30, b"9" * 5000, b"[" * 3000, b'{"a":' * 3000, b"<div>" * 2000,
    b"createPageHTML(99999999999)", b"createPageHTML('a','b')", b"countPage=000",
    b'"children":[[[]]]', b'"post_count":1e5', b"totalRecord:99999999999", b"endrecord=0",
    b"2022-13-45", b"20220229", "\u4e8c\u3007\u4e8c\u4e8c".encode(), b"&#55296;", b"%", b"%zz",
    b"?file=%ff%fe", b"\\", b"javascript:",
    b"<meta http-equiv=refresh content='0;url=http://[/'>", b"content='..;url=x'", b"<script>",
    b"</script>", b"<iframe src='viewer.html?file='>", b"width='9999999999999'",
)  # fmt: skip

many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    database=None,
)


def _mutated(content: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    mutant = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(mutant) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            mutant[at:at] = chance.choice(TOKENS)
        elif kind == 1:
            del mutant[at : at + chance.randint(1, 40)]
        elif kind == 2:
            mutant[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            piece = bytes(mutant[at : at + chance.randint(1, 200)])
            where = chance.randrange(len(mutant) + 1)
            mutant[where:where] = piece
        else:
            mutant[at : at + chance.randint(1, 8)] = chance.choice(TOKENS)
        if chance.random() < 0.1:
            del mutant[at:]
    return bytes(mutant)


def _mutated_page(saved: Saved, seed: int) -> Page:
    page = saved.page
    chance = random.Random(seed + 1)
    sent = page.sent if chance.random() < 0.7 else _mutated(page.sent, seed)
    return Page(page.address, _mutated(page.content, seed), page.status, page.headers, sent)


def _is_sound(address: str) -> bool:
    parts = urlsplit(address)
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and address.isascii()
        and len(address) <= MAX_ADDRESS
        and not any(c.isspace() for c in address)
    )


def _listing_is_sound(listed: Listing, source: Source) -> None:
    assert all(_is_sound(e.address) and e.title for e in listed.entries)
    assert all(_is_sound(r.address) for r in listed.requests)
    assert len(listed.requests) <= Limits().listing_pages + 1
    choose(listed.entries, source, WORDS, LEXICON, 2023)
    columns_in(listed.entries, source, WORDS)


def _document_is_sound(document: DocumentPage) -> None:
    assert all(_is_sound(part.address) for part in document.parts)
    assert document.sent_on_to is None or _is_sound(document.sent_on_to)


@pytest.mark.parametrize("saved", SAVED, ids=str)
@many
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_mutated_page_is_listed_or_troubled(saved: Saved, seed: int) -> None:
    page = _mutated_page(saved, seed)
    family_of(page)
    trouble_of(page, WORDS)
    family = FAMILIES[saved.folder]
    try:
        _listing_is_sound(family.listing(page, saved.source, WORDS), saved.source)
    except Troubled as troubled:
        assert str(troubled).count("\n") == 0
    _document_is_sound(family.document(page, saved.source, LEXICON))


@pytest.mark.parametrize("name", FAMILIES)
@many
@given(content=st.binary(max_size=300), sent=st.binary(max_size=30))
def test_any_bytes_are_listed_or_troubled(name: str, content: bytes, sent: bytes) -> None:
    for saved in SAVED:
        if saved.folder == name:
            page = Page(saved.page.address, content, sent=sent)
            with suppress(Troubled):
                _listing_is_sound(FAMILIES[name].listing(page, saved.source, WORDS), saved.source)
            _document_is_sound(FAMILIES[name].document(page, saved.source, LEXICON))
            trouble_of(page, WORDS)
            break

"""Damaged documents of every format: a reading or a refusal with its reason, within the limits.

A reader that meets what it did not foresee says so in a name of Python ("…Error while reading"): a
fault here, as are a reader process that dies and one that has no end.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.domain import sha256_of
from pipelines.forms import load_forms
from pipelines.runs.process import DocumentRef
from pipelines.runs.workers import Limits, process_within
from tests.simulate import Format, Habits, generate, load_agencies, load_words, render

FORMATS: tuple[Format, ...] = ("html", "text", "pdf", "docx", "xlsx")
BASES = 4
# Loaded machines are slow: the time limit has tests of its own.
LIMITS = Limits(seconds=600, megabytes=4096)
UNFORESEEN = re.compile(r"(?:Error|Exception|Warning) while reading|died|took longer|more memory")
# What means something to one reader or another.
TOKENS = (
    b"<", b">", b"</td>", b"<table>", b"<tr><td rowspan=9 colspan=99>", b"&#0;", b"<!--", b"]]>",
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\t", b"\n", b"|", b"%PDF-", b"stream\n", b"endstream",
    b"endobj", b"[", b"]", b"<<", b">>", b"(", b")", b"/Rotate 90", b"/Count -1", b"xref",
    b"PK\x03\x04", b"PK\x05\x06", b'="', b"w:gridSpan", b'r="ZZ999999999"', b"-1", b"1e309",
    b"99999999999999999999", "\u603b\u8ba1".encode(), b"\xb3\xff\xb3", bytes(64),
)  # fmt: skip

seeds = st.integers(min_value=0, max_value=2**32)
many = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, database=None
)


@lru_cache
def a_document(format: Format, number: int) -> bytes:
    rng = random.Random(number)
    forms = load_forms()
    habits = Habits.draw(rng, titles=list(load_words().titles), marks=forms.lexicon.not_applicable)
    agency = rng.choice(sorted(load_agencies().values(), key=lambda a: a.agency_id))
    vintage = rng.choice(list(forms.vintages))
    return render(generate(rng, vintage=vintage, agency=agency, year=2022, habits=habits), format)


def _slice(rng: random.Random, content: bytes, longest: int = 400) -> slice:
    start = rng.randrange(len(content) + 1)
    return slice(start, min(len(content), start + rng.randrange(1, longest)))


def cut(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def flip(rng: random.Random, content: bytes) -> bytes:
    spoilt = bytearray(content)
    for _ in range(min(len(spoilt), rng.randrange(1, 30))):
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def lose(rng: random.Random, content: bytes) -> bytes:
    lost = _slice(rng, content)
    return content[: lost.start] + content[lost.stop :]


def repeat(rng: random.Random, content: bytes) -> bytes:
    again = _slice(rng, content)
    return content[: again.stop] + content[again] * rng.randrange(1, 40) + content[again.stop :]


def move(rng: random.Random, content: bytes) -> bytes:
    moved = _slice(rng, content)
    rest = content[: moved.start] + content[moved.stop :]
    place = rng.randrange(len(rest) + 1)
    return rest[:place] + content[moved] + rest[place:]


def insert(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + rng.choice(TOKENS) * rng.choice((1, 1, 3, 200)) + content[place:]


def count_otherwise(rng: random.Random, content: bytes) -> bytes:
    """Another number where one stands: a length, a span, an offset, a figure."""
    places = [m.span() for m in re.finditer(rb"\d+", content)]
    if not places:
        return content
    start, end = rng.choice(places)
    return content[:start] + rng.choice((b"", b"-1", b"0", b"7", b"4294967295")) + content[end:]


MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    cut, flip, lose, repeat, move, insert, count_otherwise,
)  # fmt: skip


def mutated(rng: random.Random, content: bytes) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 5))):
        content = rng.choice(MUTATIONS)(rng, content)
    return content


def mutated_inside(rng: random.Random, content: bytes) -> bytes:
    """A container whose checksums are right and one of whose parts is not."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(sorted(parts))
    parts[name] = mutated(rng, parts[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, body in parts.items():
            archive.writestr(part, body)
    return out.getvalue()


def check(seed: int, format: Format, folder: Path) -> None:
    rng = random.Random(seed)
    content = a_document(format, rng.randrange(BASES))
    inside = content.startswith(b"PK") and rng.random() < 0.7
    content = (mutated_inside if inside else mutated)(rng, content)
    file = folder / f"{format}.bin"
    file.write_bytes(content)
    ref = DocumentRef(f"{seed}.{format}", sha256_of(content), str(file))
    (outcome,) = process_within(LIMITS, [ref], audit_every=0)
    assert not UNFORESEEN.search(outcome.reason or ""), outcome.reason


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@pytest.mark.parametrize("format", FORMATS)
@given(seed=seeds)
@settings(many, max_examples=60)
def test_damage_is_read_or_refused(seed: int, format: Format, folder: Path) -> None:
    check(seed, format, folder)


@pytest.mark.full
@pytest.mark.parametrize("format", FORMATS)
@given(seed=seeds)
@settings(many, max_examples=3000)
def test_much_damage_is_read_or_refused(seed: int, format: Format, folder: Path) -> None:
    check(seed, format, folder)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_mutation_changes_something(
    mutation: Callable[[random.Random, bytes], bytes],
) -> None:
    content = a_document("html", 0)
    changed = sum(mutation(random.Random(seed), content) != content for seed in range(40))
    assert changed > 30

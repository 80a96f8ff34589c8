"""Templates escape every value, refuse a missing one, and are part of the package."""

import re
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from pipelines.domain import (
    Cell,
    Fact,
    Finding,
    Grid,
    Kind,
    Outcome,
    OutcomeKind,
    Place,
    Reading,
    ReportNames,
    Severity,
    State,
)
from pipelines.forms import load_forms
from pipelines.serve.check_page import check_page
from pipelines.serve.judged import Checked, judged
from pipelines.serve.reading_page import reading_page
from pipelines.serve.rendering import render

ROOT = Path(__file__).parents[3]
SERVE = ROOT / "pipelines" / "serve"
TEMPLATES = sorted(file for file in (SERVE / "templates").rglob("*") if file.is_file())
FORMS = load_forms()
HARMLESS = "harmless"
HOSTILE = (
    "</td></title></style><script>alert(\"x\")</script><img src='x' onerror=alert(1)>"
    " \" ' & &amp; &#60; \x07\x1b\u202e\u2066 {{ 7 * 7 }} {% raw %} {# x"
)


def reading_of(text: str) -> str:
    """The page of a document in which every string is `text`."""
    place = Place(path=text)
    facts = tuple(
        Fact(text, text, column, text, State.UNREADABLE, None, text, None, raw, place)
        for column, raw in ((text, text), ("blank", ""))
    )
    outcome = Outcome(
        text,
        text,
        text,
        1,
        OutcomeKind.REPORT,
        read_by=text,
        names=ReportNames(text, 2023, text),
        tables={text: (text,)},
        facts=facts,
    )
    reading = Reading((Grid((Cell(text, 0, 0, place), Cell(text, 0, 1, Place(line=1))), True),), "")
    return reading_page(outcome, judged([finding_of(text)]), FORMS, reading)


def finding_of(text: str) -> Finding:
    return Finding(text, Kind.READING, Severity.ERROR, text, text, text, text, text)


def checks_of(text: str) -> str:
    """The page of a report and a refused document in which every string is `text`."""
    names = ReportNames(text, 2023)
    report = Outcome(text, text, text, 1, OutcomeKind.REPORT, names=names)
    refused = Outcome(text, text, text, 1, OutcomeKind.FAILED, reason=text)
    findings = tuple(judged([finding_of(text)]))
    return check_page([Checked(report, findings), Checked(refused, ())], FORMS)


class Content(HTMLParser):
    """Tags with their attributes, and texts, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [(name, harmless(value or "")) for name, value in attrs]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.found.append([harmless(data)])


def harmless(text: str) -> str:
    return text.replace(repr(HOSTILE), repr(HARMLESS)).replace(HOSTILE, HARMLESS)


@pytest.mark.parametrize("page_of", [reading_of, checks_of])
def test_hostile_text_changes_no_element_and_is_shown_as_it_is(
    page_of: Callable[[str], str],
) -> None:
    assert Content(page_of(HOSTILE)).found == Content(page_of(HARMLESS)).found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_no_template_turns_escaping_off(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|\bautoescape\b", source)


def test_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="documents"):
        render("check.html.j2")


def test_every_template_is_installed_with_the_package() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = config["tool"]["setuptools"]["package-data"]["pipelines.serve"]
    assert sorted(file for pattern in patterns for file in SERVE.glob(pattern)) == TEMPLATES
    assert TEMPLATES

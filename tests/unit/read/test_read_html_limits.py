"""HTML that is large, deep, or made to keep a parser busy: read or refused, never a crash."""

import pytest

from pipelines.domain import Document, Grid, Paragraph, Reading, UnreadableDocument, sha256_of
from pipelines.read.html.limits import HtmlLimits
from pipelines.read.html.page import pictures_of, read_html
from pipelines.web.markup import check_markup


def read(html: str, limits: HtmlLimits | None = None) -> Reading:
    content = html.encode()
    document = Document("page", content, sha256_of(content), "text/html")
    return read_html(document) if limits is None else read_html(document, limits)


def texts(reading: Reading) -> list[str]:
    return [
        t
        for b in reading.blocks
        for t in ([b.text] if isinstance(b, Paragraph) else [c.text for c in b.cells])
    ]


@pytest.mark.parametrize(
    "opening",
    ["<div>", "<table><tr><td>", "<span>", "<ul><li>", "<o:p>", "<dl><dd>", "<svg><g>"],
)
def test_ten_thousand_deep_is_read(opening: str) -> None:
    reading = read(opening * 10_000 + "12" + "</div>" * 10_000)
    assert texts(reading) == ([] if "svg" in opening else ["12"])


def test_ten_thousand_tables_around_a_text_are_read() -> None:
    prose = "".join(f"<p>{'字' * 120}{i}</p>" for i in range(5))
    assert len(read("<table><tr><td>" * 10_000 + prose).blocks) == 5


def test_tables_in_cells_of_tables_ten_thousand_deep_keep_short_places() -> None:
    reading = read("<table><tr><td>a</td><td>b</td><td>c</td><td>" * 10_000)
    assert len(reading.blocks) == 10_000
    paths = [c.place.path or "" for b in reading.blocks if isinstance(b, Grid) for c in b.cells]
    assert max(map(len, paths)) < 2_000


def test_places_of_deep_text_stay_short() -> None:
    (paragraph,) = read("<div>" * 5_000 + "text").blocks
    assert isinstance(paragraph, Paragraph)
    assert 100 < len(paragraph.place.path or "") < 2_000


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 30_000, "nested more than 20,000 deep"),
        ("".join(f"<b a={i}><p>" for i in range(3_000)), "formatting tags open"),
        ("<p " + " ".join(f"a{i}" for i in range(50_000)) + ">", "attributes"),
        ("<table><tr>" + "<td colspan=1000>1" * 3, "more than 2,000 columns"),
        ("<table><tr>" + "<td>1" * 400_001, "more than 400,000 cells"),
    ],
)
def test_what_costs_too_much_is_refused(html: str, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        read(html)


def test_above_the_limits_of_length_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="has 17 characters; up to 10 are read"):
        read("<p>0123456789</p>", HtmlLimits(max_characters=10))
    with pytest.raises(UnreadableDocument, match="more than 5 characters of text"):
        read("<p>0123456789</p>", HtmlLimits(max_text=5))


def test_tags_in_scripts_and_comments_are_no_tags() -> None:
    check_markup(f"<script>{'x = 1<b >2;<div>' * 30_000}</script><p>x")
    check_markup(f"<!--{'<b ><div>' * 30_000}--><p>x")


@pytest.mark.parametrize("sheet", ["none " * 60_000, "none/*" * 60_000, "@none{" * 60_000])
def test_a_style_sheet_without_an_end_costs_nothing(sheet: str) -> None:
    assert read(f"<p>text</p><style>{sheet}").blocks


def test_spans_that_reach_far_cost_nothing() -> None:
    rows = "<tr><td rowspan=65534 colspan=900>1<td>2" * 40
    (grid,) = read(f"<table>{rows}</table>", HtmlLimits(max_columns=40_000)).blocks
    assert isinstance(grid, Grid)
    assert grid.cells[-1].row == 39


def test_more_links_than_the_limit_are_left_out() -> None:
    html = "".join(f"<a href={i}.pdf>x</a>" for i in range(50))
    assert len(read(html, HtmlLimits(max_links=7)).links) == 7


def test_pictures_above_the_limits_are_left_out() -> None:
    html = "".join(f'<img src="data:image/png;base64,{"QUFB" * n}">' for n in (1, 9, 2, 3))
    content = html.encode()
    document = Document("page", content, sha256_of(content), "text/html")
    few = HtmlLimits(max_pictures=2, max_picture_bytes=20)
    assert [len(p) for _, p, _ in pictures_of(document, few)] == [3, 6]
    small = HtmlLimits(max_pictures_bytes=10, max_picture_bytes=100)
    assert [len(p) for _, p, _ in pictures_of(document, small)] == [3]

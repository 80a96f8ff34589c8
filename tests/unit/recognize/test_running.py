"""What pages repeat is read once; what tables repeat stays."""

from pipelines.domain import Cell, Grid, Paragraph, Place, Reading
from pipelines.recognize.tables.running import without_running_lines


def line(text: str, page: int | None) -> Paragraph:
    return Paragraph(text, Place(page=page))


def kept(*blocks: Paragraph | Grid) -> list[str]:
    left = without_running_lines(Reading(blocks, "test"))
    return [b.text if isinstance(b, Paragraph) else "table" for b in left]


TABLE = Grid((Cell("1", 0, 0, Place(page=1)),), exact=True)
HEAD = "甲县教育局2021年政府信息公开工作年度报告"


def test_a_header_of_every_page_is_read_once() -> None:
    pages = [b for page in range(1, 5) for b in (line(HEAD, page), TABLE)]
    assert kept(*pages) == [HEAD, "table", "table", "table", "table"]


def test_a_footer_with_the_pages_number_too() -> None:
    footers = [line(f"http://example.invalid/report.html 第{n}页 共4页", n) for n in range(1, 5)]
    assert kept(*footers) == [footers[0].text]


def test_a_label_that_tables_repeat_stays() -> None:
    assert kept(*(line("总计", page) for page in range(1, 6))) == ["总计"] * 5


def test_on_two_pages_or_without_pages_nothing_is_a_header() -> None:
    assert kept(line(HEAD, 1), line(HEAD, 2), line(HEAD, 2)) == [HEAD] * 3
    assert kept(*(line(HEAD, None) for _ in range(5))) == [HEAD] * 5

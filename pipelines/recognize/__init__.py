"""Reading → Report: which agency, which year, which statutory table, which vintage."""

from collections.abc import Iterator, Sequence

from pipelines.domain import (
    Finding,
    NameSource,
    NotAReport,
    Paragraph,
    Reading,
    Report,
    ReportNames,
)
from pipelines.domain.reading import LinkKind
from pipelines.forms import INDICATORS, Forms, finding
from pipelines.recognize.annex.indicators import Annex, headings_in, indicators_in
from pipelines.recognize.claims.clauses import claims_in
from pipelines.recognize.identity.names import Said, disagreements, names_of, said_in
from pipelines.recognize.identity.titles import Title, titles_in
from pipelines.recognize.tables.collect import collect
from pipelines.recognize.tables.labels import Labels, RoleKind, labels_of
from pipelines.recognize.tables.lines import Line, lines_of
from pipelines.recognize.tables.scan import scan

__all__ = ["recognize"]

# So many section headings make a report of a document whose tables are lost; so many where its
# title is lost as well.
_MIN_SECTIONS = 2
_MIN_SECTIONS_UNTITLED = 3
_MAX_HEADING = 40


def recognize(reading: Reading, forms: Forms) -> Report:
    """The report that was read, its tables cell by cell.

    Raises:
        NotAReport: there is no statutory table, and no title with sections under it.
    """
    labels = labels_of(forms)
    lines = lines_of(reading, labels, forms.lexicon)
    paragraphs = tuple(_paragraphs(lines))
    titles = titles_in(reading, paragraphs, forms.lexicon)
    said = said_in(reading, titles, paragraphs, forms.lexicon)
    names = names_of(said, reading, titles, paragraphs, forms.lexicon)
    pictures = any(link.kind is LinkKind.PICTURE and link.inside for link in reading.links)
    found = scan(lines, labels, forms)
    tables, findings = collect(found, labels, forms, names.report_year, pictures=pictures)
    annex = indicators_in(reading, forms, names.report_year)
    sections = _sections(lines, labels, forms)
    if not tables and annex is None:
        parts = headings_in(paragraphs, forms) if _before_tables(names, forms) else ()
        _refuse_what_is_no_report(titles, parts or sections)
    unknown = [finding(forms, rule, detail=detail) for rule, detail in _doubts(names, said)]
    missing = _missing_parts(sections, [t.table for t in tables], forms)
    if not tables and _before_tables(names, forms, annex):
        # Such a report has none of the three tables, and parts of other names.
        findings = (
            () if annex else (finding(forms, "tables_missing", table=INDICATORS, detail="nothing"),)
        )
        missing = ()
    if annex is not None:
        tables, findings = (*tables, annex[0]), (*findings, *annex[1])
    claims = tuple(claims_in(paragraphs, names, forms))
    return Report(names, sections, tables, paragraphs, (*unknown, *findings, *missing), claims)


def _before_tables(names: ReportNames, forms: Forms, annex: Annex | None = None) -> bool:
    """Whether an annex was meant for the report's year; for an unknown one, whether it is there."""
    if names.report_year is None:
        return annex is not None
    return forms.wants_annex(names.report_year)


def _paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """The lines of one cell, whether they stand in a grid or not."""
    return [
        Paragraph(cells[0].text, cells[0].place)
        for line in lines
        if len(cells := [c for c in line.cells if c.text.strip()]) == 1
    ]


def _sections(lines: Sequence[Line], labels: Labels, forms: Forms) -> tuple[str, ...]:
    present = {
        role.code
        for line in lines
        if len(line.text) <= _MAX_HEADING
        for role in labels.roles(line.text)
        if role.kind is RoleKind.SECTION
    }
    return tuple(s.code for s in forms.lexicon.sections if s.code in present)


def _refuse_what_is_no_report(titles: Sequence[Title], sections: Sequence[str]) -> None:
    usable = [t for t in titles if not t.refused]
    if titles and not usable:
        raise NotAReport(f"no statutory table; its title says what it is: {titles[0].text}")
    if len(sections) >= (_MIN_SECTIONS if usable else _MIN_SECTIONS_UNTITLED):
        return
    if len({t.text for t in titles}) > 1:
        raise NotAReport(
            f"no statutory table; {len(titles)} titles of reports: it looks like a listing"
        )
    title = "a" if titles else "no"
    raise NotAReport(
        f"no statutory table, {title} title of a report, {len(sections)} of its section headings"
    )


def _doubts(names: ReportNames, said: Said) -> Iterator[tuple[str, str]]:
    """What the title does not say, or another part says otherwise: rule and detail."""
    if names.agency_name is None:
        yield "agency_unknown", ""
    elif names.agency_source is not NameSource.TITLE:
        yield f"agency_from_{names.agency_source}", names.agency_name
    if names.report_year is None:
        yield "year_unknown", ""
    elif names.year_source is not NameSource.TITLE:
        yield f"year_from_{names.year_source}", str(names.report_year)
    yield from disagreements(names, said)


def _missing_parts(
    sections: Sequence[str], tables: Sequence[str], forms: Forms
) -> tuple[Finding, ...]:
    lost = [s.label for s in forms.lexicon.sections if s.code not in sections]
    lost += [f"table {name}" for name in forms.table_names if name not in tables]
    if not lost:
        return ()
    return (finding(forms, "six_sections_present", detail="; ".join(lost)),)

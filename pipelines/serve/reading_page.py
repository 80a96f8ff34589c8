"""One document as one HTML page that needs nothing beside itself and runs nothing.

Its statutory tables cell by cell, the findings beside them, and below them its own grids as read,
with what became of each of their cells.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby

from pipelines.domain import Cell, Fact, Finding, Grid, Outcome, Place, Reading, State
from pipelines.forms import Forms
from pipelines.forms.message import label_of
from pipelines.serve.judged import Judged, where
from pipelines.serve.laid_out import blocks, group_label, label_in_form
from pipelines.serve.reading_json import plain

# The browser is told too: nothing from outside, no script, whatever a document brings along.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE = """
:root { color-scheme: light; --line: #c9ced6; --soft: #5b6470; --head: #f1f3f6 }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "Heiti SC",
  "Droid Sans Fallback", sans-serif;
  color: #1c2128; background: #fff; margin: 0 auto; max-width: 100rem; padding: 1rem 1.25rem 5rem }
h1 { font-size: 1.45rem; line-height: 1.3; margin: .3rem 0 .6rem; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .5rem }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem }
h2 small, h3 small, .note { font-weight: 400; font-size: .85rem; color: var(--soft) }
code, .code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .85em; overflow-wrap: anywhere }
dl.about { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: 0 }
dl.about dt { color: var(--soft) }
dl.about dd { margin: 0; min-width: 0; overflow-wrap: anywhere }
ul.legend { display: flex; flex-wrap: wrap; gap: .4rem .7rem; list-style: none; margin: 1rem 0 0;
  padding: 0; font-size: .87rem }
ul.legend span { border: 1px solid var(--line); display: inline-block; padding: 0 .5rem }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 1.75rem }
@media (min-width: 1150px) {
  .columns { grid-template-columns: minmax(0, 1fr) 23rem }
  .findings { align-self: start; max-height: calc(100vh - 3rem); overflow-y: auto;
    position: sticky; top: 0 }
}
.wide { margin-bottom: .8rem; overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem }
caption { text-align: left }
th, td { border: 1px solid var(--line); padding: .22rem .45rem; vertical-align: top }
th { background: var(--head); font-weight: 500; min-width: 4.2rem; text-align: left }
thead th { text-align: right; vertical-align: bottom }
thead th:first-child, th[scope=row] { min-width: 9rem; max-width: 26rem; text-align: left }
th.in-group { padding-left: 1.3rem }
th.group { background: #fff; font-style: italic }
td { min-width: 2rem; text-align: right; white-space: pre-wrap; overflow-wrap: anywhere }
.grid td { text-align: left; min-width: 2.8rem; max-width: 24rem }
.reported { background: #dff3e1 }
.blank { background: #e9eef7; color: #44546a }
.not_applicable { background: #dff2f6; color: #14505e }
.unreadable { background: #fbd5d2; color: #86130b; font-weight: 600 }
.absent { color: #7d4300;
  background: repeating-linear-gradient(135deg, #fff2dc 0 5px, #fbe0b5 5px 10px) }
.other { background: #ececec; color: #555 }
.flagged { box-shadow: inset 0 0 0 2px #b3261e }
th.flagged { box-shadow: inset 4px 0 0 #b3261e }
thead th.flagged { box-shadow: inset 0 -4px 0 #b3261e }
.told { font-size: .82em }
td[tabindex] { cursor: help }
td[tabindex]:focus, :target { outline: 3px solid #0b57d0; outline-offset: -2px }
/* A title is shown to the mouse alone: whoever uses keys or touches reads it here. */
td[tabindex]:focus::after { background: #1c2128; bottom: 0; color: #fff; content: attr(title);
  font: 400 14px/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; left: 0;
  max-height: 45vh; overflow: auto; padding: .6rem 1.25rem; position: fixed; right: 0;
  text-align: left; white-space: pre-wrap; z-index: 2 }
.finding { border: 1px solid var(--line); border-left: 5px solid #8a94a3; font-size: .9rem;
  margin: 0 0 .6rem; overflow-wrap: anywhere; padding: .35rem .6rem }
.finding p { margin: .15rem 0 }
.finding.error { border-left-color: #b3261e }
.finding.warning { border-left-color: #b26a00 }
.error .severity { color: #b3261e } .warning .severity { color: #8a5200 }
.severity { font-weight: 600 }
@media (max-width: 500px) { body { padding: .6rem .7rem 5rem } dl.about { display: block }
  dl.about dd { margin: 0 0 .3rem }
  thead th:first-child, th[scope=row] { min-width: 7.5rem; max-width: 11rem } }
@media print { * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  body { font-size: 10pt; max-width: none; padding: 0 } .columns { display: block }
  .findings { max-height: none; overflow: visible; position: static }
  .wide { overflow: visible } table { font-size: 8pt } tr, .finding { break-inside: avoid }
  th, td { min-width: 0 } thead th:first-child, th[scope=row] { min-width: 5rem }
  td[tabindex]:focus::after { display: none } }
"""
_MEANING = {
    State.REPORTED: "a number is printed",
    State.BLANK: "the cell is empty",
    State.NOT_APPLICABLE: "a dash or a word for none",
    State.UNREADABLE: "there is something, not read surely",
    State.ABSENT: "the document has no such cell",
}


def reading_page(
    outcome: Outcome, findings: Sequence[Judged], forms: Forms, reading: Reading | None = None
) -> str:
    """The page of a report; `reading` is what `outcome` was recognized in, None where it is not to
    be had: then the page lacks the document's own grids and says so."""
    names = outcome.names
    title = names.title or outcome.path
    flags = {(f.table, f.row, f.column) for f in (j.finding for j in findings)}
    body = "\n".join(
        (
            f'<h1 lang="zh">{escape(title)}</h1>',
            _about(outcome),
            _legend(outcome.facts),
            '<div class="columns">\n<main>',
            *_statutory(outcome, forms, flags),
            "</main>",
            _findings(findings, outcome.facts, forms),
            "</div>",
            *_own_grids(outcome.facts, reading),
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _about(outcome: Outcome) -> str:
    names = outcome.names
    rows = (
        ("Agency", names.agency_name or "unknown", ' lang="zh"'),
        ("Year", str(names.report_year or "unknown"), ""),
        ("Published", str(names.published_on or "unknown"), ""),
        ("Document", outcome.path, ' class="code"'),
        ("SHA-256", outcome.document_sha256, ' class="code"'),
        ("Media type", outcome.media_type, ' class="code"'),
        ("Read by", outcome.read_by or "unknown", ' class="code"'),
    )
    told = "\n".join(f"<dt>{name}</dt><dd{how}>{escape(value)}</dd>" for name, value, how in rows)
    return f'<dl class="about">\n{told}\n</dl>'


def _legend(facts: Sequence[Fact]) -> str:
    counts = Counter(fact.state for fact in facts)
    states = "\n".join(
        f'<li><span class="{state}">{state} {counts[state]}</span> {meaning}</li>'
        for state, meaning in _MEANING.items()
    )
    return (
        f'<ul class="legend">\n{states}\n'
        '<li><span class="flagged">outlined</span> a finding is about it</li>\n</ul>\n'
        '<p class="note">Point at a cell, or go to it by Tab or touch, for its code, raw token, '
        "value, unit and place.</p>"
    )


# --- the statutory tables -------------------------------------------------------------------------

Flags = set[tuple[str | None, str | None, str | None]]


def _statutory(outcome: Outcome, forms: Forms, flags: Flags) -> Iterator[str]:
    tables = dict.fromkeys([*outcome.tables, *(fact.table for fact in outcome.facts)])
    if not tables:
        yield '<h2>Statutory tables</h2>\n<p class="note">None was recognized.</p>'
    for name in tables:
        vintages = ", ".join(outcome.tables.get(name, ()))
        chinese, english = (label_of(forms, name, None, None, at) for at in ("zh", "en"))
        yield (
            f'<h2><span lang="zh">{escape(chinese)}</span> <small>{escape(english)} · '
            f'<span class="code">{escape(name)}</span> · form {escape(vintages)}</small></h2>'
        )
        for block in blocks([fact for fact in outcome.facts if fact.table == name]):
            yield _block(block, forms, flags)


def _block(facts: Sequence[Fact], forms: Forms, flags: Flags) -> str:
    columns = list(dict.fromkeys(fact.column for fact in facts))
    table = facts[0].table
    head = "".join(
        f'<th scope="col"{_flag((table, None, code) in flags)} title="{_attribute(code)}">'
        f"{escape(label_in_form(facts[0], code, forms, rows=False))}</th>"
        for code in columns
    )
    rows = []
    group = None
    for code, cells in groupby(facts, key=lambda fact: fact.row):
        in_row = list(cells)
        heading = group_label(in_row[0], forms)
        if heading is not None and heading != group:
            rows.append(
                f'<tr><th class="group" colspan="{len(columns) + 1}">{escape(heading)}</th></tr>'
            )
        group = heading
        flag = _flag((table, code, None) in flags, "in-group" if heading else "")
        label = escape(label_in_form(in_row[0], code, forms, rows=True))
        in_order = sorted(in_row, key=lambda fact: columns.index(fact.column))
        rows.append(
            f'<tr><th scope="row" id="{_attribute(f"{table}.{code}")}"{flag} '
            f'title="{_attribute(code)}">{label}</th>'
            + "".join(_fact(fact, flags) for fact in in_order)
            + "</tr>"
        )
    body = "\n".join(rows)
    return (
        '<div class="wide"><table lang="zh">\n'
        f"<thead><tr><th></th>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _flag(flagged: bool, *others: str) -> str:
    classes = " ".join(filter(None, [*others, "flagged" if flagged else ""]))
    return f' class="{classes}"' if classes else ""


def _fact(fact: Fact, flags: Flags) -> str:
    code = _code(fact)
    flag = _flag((fact.table, fact.row, fact.column) in flags, fact.state)
    printed = (fact.raw or "").strip()
    if fact.state is State.REPORTED:
        shown = escape(f"{fact.value:f}{fact.unit or ''}")
    elif printed:
        shown = escape(printed)
    else:
        shown = f'<span class="told" lang="en">{fact.state.replace("_", " ")}</span>'
    return (
        f'<td id="{_attribute(code)}"{flag} tabindex="0" '
        f'data-fact="{_attribute(code)}" title="{_attribute(_told(fact))}">{shown}</td>'
    )


def _code(fact: Fact) -> str:
    return f"{fact.table}.{fact.row}.{fact.column}"


def _told(fact: Fact) -> str:
    """What the title of a cell says, one line a property."""
    value = "none" if fact.value is None else f"{fact.value:f}"
    yuan = "" if fact.value_yuan is None else f" ({plain(fact.value_yuan)} yuan)"
    return "\n".join(
        (
            _code(fact),
            f"state: {fact.state}",
            f"raw: {'none' if fact.raw is None else repr(fact.raw)}",
            f"value: {value}",
            f"unit: {fact.unit or 'none'}{yuan}",
            f"form: {fact.vintage}",
            f"place: {_place(fact.place)}",
        )
    )


def _place(place: Place | None) -> str:
    if place is None:
        return "none"
    parts = place.as_json().items()
    return ", ".join(
        f"{name} {' '.join(f'{at:g}' for at in value) if name == 'box' else value}"
        for name, value in parts
    )


def _attribute(text: str) -> str:
    return escape(text).replace("\n", "&#10;")


# --- findings -------------------------------------------------------------------------------------


def _findings(findings: Sequence[Judged], facts: Sequence[Fact], forms: Forms) -> str:
    cells = {code for fact in facts for code in (_code(fact), f"{fact.table}.{fact.row}")}
    told = "\n".join(_finding(item, cells, forms) for item in findings)
    none = '<p class="note">None.</p>'
    return (
        f'<aside class="findings">\n<h2>Findings <small>{len(findings)}</small></h2>\n'
        f"{told or none}\n</aside>"
    )


def _finding(item: Judged, cells: set[str], forms: Forms) -> str:
    finding = item.finding
    severity = finding.severity.value
    readings = f" · {item.readings_told}" if item.readings else ""
    place = escape(where(finding, forms))
    code = ".".join(filter(None, (finding.table, finding.row, finding.column)))
    if code in cells:
        place = f'<a href="#{_attribute(code)}">{place}</a>'
    lines = (
        f'<span class="severity">{severity}</span> <code>{escape(finding.rule)}</code>'
        f'<span class="note"> {finding.kind}{readings}</span>',
        f'<span lang="zh">{place}</span>' if place else "",
        _sides(finding),
        f'<span lang="zh">{escape(finding.message_zh)}</span>',
        escape(finding.message_en),
    )
    body = "".join(f"<p>{line}</p>" for line in lines if line)
    return f'<section class="finding {severity}">{body}</section>'


def _sides(finding: Finding) -> str:
    sides = {
        "left": finding.left,
        "right": finding.right,
        "difference": finding.difference,
    }
    return " · ".join(f"{name} {plain(v)}" for name, v in sides.items() if v is not None)


# --- the document's own grids ---------------------------------------------------------------------


def _own_grids(facts: Sequence[Fact], reading: Reading | None) -> Iterator[str]:
    yield "<h2>The document&#x27;s own tables, as read</h2>"
    if reading is None:
        yield '<p class="note">Not to be had: the reader could not read it again.</p>'
        return
    grids = [block for block in reading.blocks if isinstance(block, Grid) and block.cells]
    if not grids:
        yield '<p class="note">None: its figures stand in lines of text.</p>'
        return
    yield (
        '<p class="note">A cell that became a fact has the colour of its state; '
        '<span class="other">grey</span> are labels and all else.</p>'
    )
    became = _became([cell for grid in grids for cell in grid.cells], facts)
    for number, grid in enumerate(grids, start=1):
        page = grid.cells[0].place.page
        at = f" <small>page {page}</small>" if page is not None else ""
        yield f"<h3>Table {number}{at}</h3>\n{_grid(grid, became)}"


def _became(cells: Sequence[Cell], facts: Sequence[Fact]) -> Mapping[int, list[Fact]]:
    """The facts of each cell, by the cell's id: those at its place. Where several cells share one
    place (the cells of a line), the raw tokens tell in their order which is whose."""
    at: defaultdict[Place, deque[Cell]] = defaultdict(deque)
    for cell in cells:
        at[cell.place].append(cell)
    alone = {place for place, sharing in at.items() if len(sharing) == 1}
    became: defaultdict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.place is None or fact.raw is None:
            continue
        here = at.get(fact.place, deque())
        if fact.place in alone:
            became[id(here[0])].append(fact)
        else:
            while here:
                cell = here.popleft()
                if cell.text.strip() == fact.raw.strip():
                    became[id(cell)].append(fact)
                    break
    return became


def _grid(grid: Grid, became: Mapping[int, list[Fact]]) -> str:
    taken: set[tuple[int, int]] = set()
    rows = []
    for number, cells in enumerate(grid.rows()):
        told = []
        column = 0
        for cell in cells:
            free = sum((number, at) not in taken for at in range(column, cell.column))
            told += ["<td></td>"] * free
            told.append(_cell(cell, became.get(id(cell), [])))
            column = max(column, cell.column + cell.column_span)
            if cell.row_span > 1:
                taken.update(
                    (row, at)
                    for row in range(number + 1, number + cell.row_span)
                    for at in range(cell.column, cell.column + cell.column_span)
                )
        rows.append(f"<tr>{''.join(told)}</tr>")
    body = "\n".join(rows)
    return f'<div class="wide"><table class="grid" lang="zh">\n{body}\n</table></div>'


def _cell(cell: Cell, facts: Sequence[Fact]) -> str:
    spans = f' colspan="{cell.column_span}"' * (cell.column_span > 1)
    spans += f' rowspan="{cell.row_span}"' * (cell.row_span > 1)
    text = escape(cell.text)
    if not facts:
        return f'<td class="other"{spans}>{text}</td>'
    told = "\n\n".join(_told(fact) for fact in facts)
    return (
        f'<td class="{facts[0].state}" tabindex="0" data-cell="{_attribute(_code(facts[0]))}" '
        f'title="{_attribute(told)}"{spans}>{text}</td>'
    )

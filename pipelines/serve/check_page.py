"""The findings of documents as one HTML page that needs nothing beside itself."""

from collections.abc import Sequence
from html import escape

from pipelines.forms import Forms
from pipelines.serve.judged import Checked, Judged, where
from pipelines.serve.reading_json import plain

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #bbb; padding: .3rem .5rem; text-align: left; vertical-align: top }
td.n { text-align: right; white-space: nowrap }
.error { color: #b00020; font-weight: 600 } .warning { color: #8a5a00 } .hint { color: #555 }
.refused { border-left: 4px solid #b00020; padding-left: .7rem }
"""
_HEAD = ("severity", "rule", "where", "left", "right", "difference", "reading", "message")


def check_page(checked: Sequence[Checked], forms: Forms) -> str:
    """A page with one section a document, findings in both languages."""
    body = "\n".join(_section(item, forms) for item in checked)
    return (
        '<!doctype html>\n<html lang="zh">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Check of {len(checked)} document(s)</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>Check of {len(checked)} document(s)</h1>\n{body}\n</body>\n</html>\n"
    )


def _section(item: Checked, forms: Forms) -> str:
    outcome = item.outcome
    head = f"<h2>{escape(outcome.path)}</h2>"
    if outcome.reason is not None:
        return f'{head}\n<p class="refused">{outcome.kind.value}: {escape(outcome.reason)}</p>'
    names = outcome.names
    about = f"{names.agency_name or 'agency unknown'} · {names.report_year or 'year unknown'}"
    if not item.findings:
        return f"{head}\n<p>{escape(about)}</p>\n<p>No findings.</p>"
    cells = "".join(f"<th>{name}</th>" for name in _HEAD)
    rows = "\n".join(_row(j, forms) for j in item.findings)
    return f"{head}\n<p>{escape(about)}</p>\n<table>\n<tr>{cells}</tr>\n{rows}\n</table>"


def _row(item: Judged, forms: Forms) -> str:
    finding = item.finding
    sides = "".join(
        f'<td class="n">{plain(value) or ""}</td>'
        for value in (finding.left, finding.right, finding.difference)
    )
    severity = finding.severity.value
    return (
        f'<tr><td class="{severity}">{severity}</td><td>{escape(finding.rule)}</td>'
        f"<td>{escape(where(finding, forms))}</td>{sides}<td>{item.readings_told}</td>"
        f"<td>{escape(finding.message_zh)}<br>{escape(finding.message_en)}</td></tr>"
    )

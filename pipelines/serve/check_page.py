"""The findings of documents as one HTML page that opens offline."""

from collections.abc import Sequence

from pipelines.forms import Forms
from pipelines.serve.judged import Checked, where
from pipelines.serve.rendering import render


def check_page(checked: Sequence[Checked], forms: Forms) -> str:
    """A page with one section a document, findings in both languages."""
    return render(
        "check.html.j2",
        documents=[
            (item.outcome, [(j, where(j.finding, forms)) for j in item.findings])
            for item in checked
        ],
    )

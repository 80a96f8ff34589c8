"""Web pages, through selectolax: the article, its tables with their spans resolved, its links."""

from pipelines.read.html.page import pictures_of, read_html

__all__ = ["pictures_of", "read_html"]

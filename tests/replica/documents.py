"""The bytes of documents: stubs, or real simulated reports."""

from tests.replica import real, stubs
from tests.replica.plan import Article, File, Site
from tests.replica.settings import Settings
from tests.simulate.prose import title_lines
from tests.simulate.words import load_words

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "png": "image/png",
}


def document_title(site: Site, article: Article) -> str:
    """What the document itself is called, whatever the listing calls it."""
    if article.kind != "report" or article.report_year is None:
        return article.title
    agency = site.agencies[article.agency]
    return "".join(title_lines(load_words(), article.title_name, agency, article.report_year))


def inner(settings: Settings, site: Site, article: Article) -> tuple[str, str]:
    """The markup of the article: what is its own, and what follows and may be shared."""
    if (wanted := _real(settings, site, article)) is not None:
        return real.markup(wanted), ""
    key = _key(settings, site, article)
    agency = site.agencies[article.agency].agency_name
    own = f"<p>{document_title(site, article)}</p><p>{agency}</p>{stubs.table(key)}"
    return own, stubs.filler()


def file_bytes(settings: Settings, site: Site, article: Article, file: File) -> bytes:
    """A file of the article."""
    nth = article.files.index(file)
    if (wanted := _real(settings, site, article)) is not None:
        return real.file(wanted, file.format, nth)
    return stubs.file(f"{_key(settings, site, article)}|{nth}", file.format)


def _real(settings: Settings, site: Site, article: Article) -> real.Wanted | None:
    """The report to make, None where a stub will do."""
    if settings.documents == "stubs" or article.report_year is None:
        return None
    return real.Wanted(
        settings.seed,
        site.agencies[article.agency],
        article.report_year,
        article.revision,
        article.title_name,
        article.listed_on,
    )


def _key(settings: Settings, site: Site, article: Article) -> str:
    return f"{settings.seed}|{site.host}|{article.number}|{article.revision}"

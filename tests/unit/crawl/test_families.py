"""Each family on its saved pages."""

import pytest

from pipelines.crawl.choice import Choice, NoReports, choose
from pipelines.crawl.families import FAMILIES, family_of
from pipelines.crawl.model import Listing, Request
from pipelines.crawl.trouble import Troubled, TroubleKind, trouble_of
from pipelines.crawl.words import load_words
from pipelines.forms import load_forms
from tests.unit.crawl.saved import FOLDER, Saved, saved_pages

SAVED = list(saved_pages())
LISTED = [saved for saved in SAVED if "entries" in saved.wanted]
JUDGED = [saved for saved in SAVED if "first_year" in saved.wanted]
WORDS = load_words()
LEXICON = load_forms().lexicon
_PROXIED = {"hanweb_jpage", "api_affair"}


def _listing(saved: Saved) -> Listing:
    return FAMILIES[saved.folder].listing(saved.page, saved.source, WORDS)


def test_every_family_has_a_listing_and_no_folder_has_no_family() -> None:
    assert {saved.folder for saved in LISTED} == set(FAMILIES)
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} == set(FAMILIES)


def test_every_saved_page_is_expected() -> None:
    named = {FOLDER / saved.folder / saved.wanted["file"] for saved in SAVED}
    assert {f for f in FOLDER.glob("*/*") if f.name != "expected.yaml"} == named


@pytest.mark.parametrize("saved", SAVED, ids=str)
def test_the_family_is_told(saved: Saved) -> None:
    assert family_of(saved.page) == saved.wanted["family"]


@pytest.mark.parametrize("saved", LISTED, ids=str)
def test_the_entries_are_listed(saved: Saved) -> None:
    listed = _listing(saved)
    assert [(e.title, e.address, e.listed_on) for e in listed.entries] == [
        (title, saved.at(address), date) for title, address, date in saved.wanted["entries"]
    ]
    has_column = saved.wanted.get("entries_with_column")
    if has_column is not None:
        assert all((e.column is not None) == has_column for e in listed.entries)


@pytest.mark.parametrize("saved", LISTED, ids=str)
def test_what_follows_is_asked_for(saved: Saved) -> None:
    listed = _listing(saved)
    wanted = [
        (method, saved.at(address), (body[0] if body else "").encode())
        for method, address, *body in saved.wanted["requests"]
    ]
    assert [(r.method, r.address, r.body) for r in listed.requests] == wanted
    assert listed.total == saved.wanted.get("total")
    assert listed.pages == saved.wanted.get("pages")


@pytest.mark.parametrize("saved", JUDGED, ids=str)
def test_the_reports_are_chosen(saved: Saved) -> None:
    wanted = saved.wanted
    choice = choose(_listing(saved).entries, saved.source, WORDS, LEXICON, wanted["until_year"])
    if wanted.get("no_reports"):
        assert isinstance(choice, NoReports)
        assert choice.trouble.kind is TroubleKind.EMPTY_LISTING
        return
    assert isinstance(choice, Choice)
    assert [(c.entry.address, c.year, *c.twins) for c in choice.reports] == [
        (saved.at(address), year, *map(saved.at, twins))
        for address, year, *twins in wanted["reports"]
    ]
    assert [(i.entry.address, str(i.reason), i.detail) for i in choice.ignored] == [
        (saved.at(address), reason, detail) for address, reason, detail in wanted.get("ignored", [])
    ]
    assert list(choice.missing) == wanted.get("missing", [])


@pytest.mark.parametrize("saved", [s for s in SAVED if "document" in s.wanted], ids=str)
def test_the_document_is_told_with_its_parts(saved: Saved) -> None:
    wanted = saved.wanted["document"]
    document = FAMILIES[saved.folder].document(saved.page, saved.source, LEXICON)
    assert (document.title, document.published_on) == (wanted["title"], wanted["published_on"])
    assert sorted((str(part.kind), part.address) for part in document.parts) == [
        (kind, saved.at(address)) for kind, address in sorted(map(tuple, wanted["parts"]))
    ]
    moved = wanted.get("sent_on_to")
    assert document.sent_on_to == (saved.at(moved) if moved else None)


@pytest.mark.parametrize("saved", [s for s in SAVED if "listing_trouble" in s.wanted], ids=str)
def test_an_answer_that_is_none_is_told(saved: Saved) -> None:
    with pytest.raises(Troubled, match=saved.wanted["listing_trouble"]):
        _listing(saved)


@pytest.mark.parametrize("saved", SAVED, ids=str)
def test_only_broken_pages_are_in_trouble(saved: Saved) -> None:
    trouble = trouble_of(saved.page, WORDS)
    assert (None if trouble is None else str(trouble.kind)) == saved.wanted.get("trouble")


def test_a_listing_that_tells_too_many_pages_is_not_followed_for_ever() -> None:
    saved = next(s for s in LISTED if s.wanted["file"] == "one_based.html")
    content = saved.page.content.replace(b"'pages',3", b"'pages',999999999")
    page = type(saved.page)(saved.page.address, content)
    listed = FAMILIES["trs_static"].listing(page, saved.source, WORDS)
    assert listed.pages == 999999999
    assert len(listed.requests) == 199
    assert listed.requests[-1] == Request("https://www.chengpu.example/nb/index_200.shtml")


@pytest.mark.parametrize("file", ["column.html", "shell.html"])
def test_the_column_that_a_page_names_goes_on_to_what_follows(file: str) -> None:
    """A proxy's answer names no column: a bare "2019年" in it is only a report by this."""
    saved = next(s for s in LISTED if s.wanted["file"] == file and s.folder in _PROXIED)
    assert saved.page.column is None
    assert [r.column for r in _listing(saved).requests] == ["政府信息公开年报"]


def test_what_is_attached_to_the_report_of_a_year_is_no_report_of_its_own() -> None:
    saved = next(s for s in LISTED if s.wanted["file"] == "report_2022.html")
    link = '<a href="/attach/0/nb.pdf">青濂县民政局2022年政府信息公开工作年度报告.pdf</a></body>'
    content = saved.page.content.replace(b"</body>", link.encode())
    page = type(saved.page)(saved.page.address, content)
    listed = FAMILIES["hanweb_annual"].listing(page, saved.source, WORDS)
    assert [entry.address for entry in listed.entries] == [page.address]

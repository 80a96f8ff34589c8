"""What lies at the addresses that the replica lists: pages with parts, files, nothing twice."""

import hashlib
from collections import Counter
from urllib.parse import urlsplit

import pytest

from pipelines.crawl import FAMILIES, Page, Request, load_words, trouble_of
from pipelines.forms import load_forms
from tests.replica import Plan, Settings, Site, plan_of, truth
from tests.replica.asked import Asked
from tests.replica.documents import document_title
from tests.replica.draft import first_night
from tests.replica.plan import Article
from tests.replica.website import Website
from tests.unit.simulate.replica.following import PORT, page_at, sources, website

LEXICON = load_forms().lexicon
SETTINGS = Settings(sites=42, reports=34)
PLAN = plan_of(SETTINGS)
TRUTH = truth(PLAN, PORT)
_KINDS = {"attachment": "attachment", "viewer": "viewer", "picture": "picture"}


def _reports(site: Site) -> list[Article]:
    return [article for article in site.listed if article.kind == "report"]


def _page(answers: Website, target: str) -> Page:
    return page_at(answers, Request(answers.origin + target))


@pytest.mark.parametrize("site", PLAN.sites, ids=lambda site: site.id)
def test_every_page_is_read_with_its_parts(site: Site) -> None:
    source, answers, family = sources(PLAN)[site.id], website(PLAN, site), FAMILIES[site.family]
    for article in _reports(site):
        if article.page is None:
            continue
        page = _page(answers, article.page)
        assert trouble_of(page, load_words()) is None
        document = family.document(page, source, LEXICON)
        assert document.title == document_title(site, article)
        assert document.published_on == article.listed_on
        assert {(str(p.kind), p.address) for p in document.parts} == {
            (_KINDS[f.role], answers.origin + f.target) for f in article.files
        }
        assert document.sent_on_to is None


@pytest.mark.parametrize("site", PLAN.sites, ids=lambda site: site.id)
def test_what_only_leads_on_leads_to_the_page(site: Site) -> None:
    source, answers = sources(PLAN)[site.id], website(PLAN, site)
    for article in _reports(site):
        if article.page is None or article.way == "direct":
            continue
        wanted = answers.origin + article.page
        page = _page(answers, article.target)
        if article.way == "redirect":
            assert page.status == 302
            assert answers.origin + page.headers["location"] == wanted
        else:
            assert page.status == 200
            assert trouble_of(page, load_words()) is None
            document = FAMILIES[site.family].document(page, source, LEXICON)
            assert document.sent_on_to == wanted


def test_every_way_to_publish_is_there() -> None:
    articles = [article for site in PLAN.sites for article in _reports(site)]
    assert {a.way for a in articles} == {"direct", "refresh", "script", "redirect"}
    assert {f.role for a in articles for f in a.files} == {*_KINDS, "alone"}
    assert {f.format for a in articles for f in a.files} == {"pdf", "docx", "xlsx", "zip", "png"}
    assert any(article.twin for article in articles)
    assert {(site.encoding, site.charset) for site in PLAN.sites} >= {
        ("utf-8", "utf-8"),
        ("gb18030", "gb2312"),
        ("gb18030", "utf-8"),
        ("gb18030", None),
    }


def test_the_truth_is_what_is_served() -> None:
    for site in PLAN.sites:
        answers = website(PLAN, site)
        for address, known in TRUTH.sites[site.id].documents.items():
            parts = urlsplit(address)
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            answer = answers.answer(Asked(target))
            assert answer.status == 200
            assert hashlib.sha256(answer.content).hexdigest() == known.sha256
            assert len(answer.content) == known.size


def test_every_site_has_its_reports_and_no_two_documents_are_alike() -> None:
    for site in TRUTH.sites.values():
        assert len({known.listed for known in site.documents.values()}) == SETTINGS.reports
        assert not site.lost
    sums = Counter(known.sha256 for known in TRUTH.documents.values())
    assert max(sums.values()) == 1


def test_the_truth_tells_whose_lines_name_no_agency() -> None:
    for site in PLAN.sites:
        unnamed = TRUTH.sites[site.id].unnamed
        for article in _reports(site):
            agency = site.agencies[article.agency]
            is_told = article.report_year in unnamed.get(agency.agency_id, ())
            assert is_told == (agency.agency_name not in article.title)


def test_a_stub_is_as_long_as_a_page_of_a_report() -> None:
    sizes = [
        known.size
        for site in PLAN.sites
        if site.encoding == "utf-8"
        for known in TRUTH.sites[site.id].documents.values()
        if known.is_page and known.size > 5_000
    ]
    assert 18_000 < sum(sizes) / len(sizes) < 24_000


def test_the_same_seed_gives_the_same_bytes() -> None:
    small = Settings(sites=7, reports=6, seed=3)
    again: Plan = first_night(small)
    assert again == first_night(small) == plan_of(small)
    assert truth(again, PORT) == truth(first_night(small), PORT)
    other = truth(first_night(Settings(sites=7, reports=6, seed=4)), PORT)
    assert not set(other.documents) & set(truth(again, PORT).documents) or (
        {k.sha256 for k in other.documents.values()}
        != {k.sha256 for k in truth(again, PORT).documents.values()}
    )


def test_real_reports_are_rendered_for_demonstrations() -> None:
    plan = plan_of(Settings(sites=2, reports=9, documents="reports", families=("trs_static",)))
    known = truth(plan, PORT).documents
    assert all(k.agency_id.startswith("99") for k in known.values())
    site = plan.sites[0]
    article = next(a for a in _reports(site) if a.page and not a.files)
    assert article.page is not None
    text = _page(website(plan, site), article.page).content.decode(site.encoding)
    assert LEXICON.sections[0].label in text
    assert "<table" in text


def test_settings_that_nobody_plays_are_refused() -> None:
    with pytest.raises(ValueError, match="nobody plays weather"):
        first_night(Settings(faults=("weather",)))
    with pytest.raises(ValueError, match="nobody plays wiki"):
        first_night(Settings(families=("wiki",)))
    with pytest.raises(ValueError, match="only names for"):
        first_night(Settings(sites=500))

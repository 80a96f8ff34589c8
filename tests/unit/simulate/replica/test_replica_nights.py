"""What changes from night to night, and what a right crawl must know of it."""

from collections import Counter

from pipelines.crawl import Choice, choose, load_words
from pipelines.forms import load_forms
from tests.replica import Settings, plan_of, truth
from tests.replica.asked import Asked
from tests.replica.website import Website
from tests.unit.simulate.replica.following import PORT, follow, sources, website

SETTINGS = Settings(sites=14, reports=30, changed=0.05)
FIRST, SECOND = plan_of(SETTINGS, 1), plan_of(SETTINGS, 2)
BEFORE, AFTER = truth(FIRST, PORT), truth(SECOND, PORT)


def _website(host: str) -> Website:
    return next(website(SECOND, s) for s in SECOND.sites if host == f"http://{s.host}:{PORT}")


def _status(address: str) -> tuple[int, str]:
    scheme, _, rest = address.partition("://")
    host, _, target = rest.partition("/")
    answer = _website(f"{scheme}://{host}").answer(Asked(f"/{target}"))
    return answer.status, dict(answer.headers).get("Location", "")


def test_a_share_changes_in_every_way() -> None:
    kinds = Counter(change.kind for change in AFTER.changes)
    assert sum(kinds.values()) == round(0.05 * 14 * 30)
    assert set(kinds) == {"replaced", "silently_replaced", "moved", "gone", "unlisted", "new"}
    assert plan_of(SETTINGS, 2) == SECOND
    assert plan_of(SETTINGS, 3).sites != SECOND.sites
    assert not FIRST.changes


def test_only_what_changed_is_another() -> None:
    touched = {c.before for c in AFTER.changes} | {c.after for c in AFTER.changes}
    old = {a: k for a, k in BEFORE.documents.items() if k.listed not in touched}
    new = {a: k for a, k in AFTER.documents.items() if k.listed not in touched}
    assert old == new


def test_each_change_is_what_it_says() -> None:
    left = set()
    for change in AFTER.changes:
        sums_before = {k.sha256 for k in BEFORE.documents.values() if k.listed == change.before}
        sums_after = {k.sha256 for k in AFTER.documents.values() if k.listed == change.after}
        if change.kind in ("replaced", "silently_replaced"):
            assert change.before == change.after
            assert not sums_before & sums_after
        elif change.kind == "moved":
            assert change.before is not None
            assert change.before != change.after
            assert sums_before == sums_after
            left.add(_status(change.before)[0])
        elif change.kind == "gone":
            assert change.before is not None
            assert not sums_after
            assert _status(change.before)[0] == 404
        elif change.kind == "unlisted":
            assert change.before is not None
            assert sums_before
            assert _status(change.before)[0] in (200, 302)
            assert change.before not in {k.listed for k in AFTER.documents.values()}
        else:
            assert change.before is None
            assert sums_after
    assert left == {404, 301}


def test_a_silent_replacement_leaves_the_listing_as_it_was() -> None:
    silent = {c.site for c in AFTER.changes if c.kind == "silently_replaced"}
    loud = {c.site for c in AFTER.changes if c.kind != "silently_replaced"}
    for before, after in zip(FIRST.sites, SECOND.sites, strict=True):
        assert (before.listed == after.listed) == (before.id not in silent | loud)
        for asked in BEFORE.sites[before.id].listings if before.id not in loud else ():
            old, new = website(FIRST, before), website(SECOND, after)
            assert old.answer(asked) == new.answer(asked)


def test_the_second_night_is_read_as_the_first() -> None:
    lexicon = load_forms().lexicon
    for site in SECOND.sites:
        followed, known = follow(SECOND, site), AFTER.sites[site.id]
        assert set(followed.asked) == set(known.listings)
        source = sources(SECOND)[site.id]
        choice = choose(followed.entries, source, load_words(), lexicon, site.last_year)
        assert isinstance(choice, Choice)
        listed = {f"http://{site.host}:{PORT}{a.target}" for a in site.listed if a.kind == "report"}
        assert {report.entry.address for report in choice.reports} == listed
        assert choice.missing == known.missing

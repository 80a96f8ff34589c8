"""Whatever a website does from night to night, and wherever a night is broken off: nothing that
was listed and could be fetched is lost, and the last word on every address is true."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.crawl.nights import Crawl, at, sha256

NAMES = ("a.html", "b.html", "c.html", "d.html", "e.pdf")
# What stands at an address: a number of its contents, 404, or trouble.
Stands = int | None | str
State = dict[str, tuple[Stands, bool]]

_standing = st.sampled_from([0, 0, 1, 2, None, "trouble"])
_states: st.SearchStrategy[State] = st.fixed_dictionaries(
    {name: st.tuples(_standing, st.booleans()) for name in NAMES}
)
# The state, how many days later, where it is broken off, and whether what it had was kept.
_nights = st.lists(
    st.tuples(
        _states,
        st.sampled_from([1, 2, 45]),
        st.none() | st.integers(0, 6),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def content_of(name: str, number: int) -> str:
    if name.endswith(".pdf"):
        return f"%PDF-1.4 {name} {number} startxref"
    return f"<html><body><h1>报告</h1><p>{name} {number}</p></body></html>"


def show(crawl: Crawl, state: State, night: int) -> None:
    for name, (stands, _) in state.items():
        if stands is None:
            crawl.website.gone(name)
        elif isinstance(stands, str):
            crawl.website.trouble(at(name))
        else:
            crawl.website.put(at(name), content_of(name, stands))
    listed = [
        (name, 2020 + n % 2) for n, (name, (_, is_listed)) in enumerate(state.items()) if is_listed
    ]
    # A line that changes every night: each document is asked for.
    crawl.website.listing(*listed, day=f"2024-03-{night % 28 + 1:02}")


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(_nights)
def test_nothing_is_lost_and_the_last_word_is_true(
    nights: list[tuple[State, int, int | None, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        crawl = Crawl(Path(folder) / "memory.sqlite")
        listed_there: dict[str, set[str]] = {name: set() for name in NAMES}
        # What may stand in the last sighting of an address: all that it ever answered.
        answered: dict[str, set[str | None]] = {name: set() for name in NAMES}
        told: dict[str, str | None] = {}
        day = 0.0
        for number, (state, days, broken_at, is_kept) in enumerate(nights):
            day += days
            show(crawl, state, number)
            if broken_at is not None:
                crawl.broken_off(day, at_request=broken_at, flush=is_kept)
            crawl.night(day + 0.1)
            for name, (stands, is_listed) in state.items():
                if isinstance(stands, int):
                    answered[name].add(sha256(content_of(name, stands)))
                elif stands is None:
                    answered[name].add(None)
                if is_listed and isinstance(stands, int):
                    told[name] = sha256(content_of(name, stands))
                    listed_there[name].add(sha256(content_of(name, stands)))
                elif is_listed and stands is None and name in told:
                    told[name] = None
                if name not in told:
                    assert not crawl.vault.history(name)
                    continue
                last = crawl.vault.last(name).document_sha256
                if is_listed:
                    assert last == told[name], name
                assert last in answered[name]
                told[name] = last
                kept = {r.document_sha256 for r in crawl.vault.provenance if r.address == at(name)}
                assert listed_there[name] <= kept <= set(crawl.vault.objects)
        seen = [(s.address, s.seen_at) for s in crawl.vault.sightings]
        assert len(seen) == len(set(seen))
        rows = [(r.document_sha256, r.address) for r in crawl.vault.provenance]
        assert len(rows) == len(set(rows))

"""One title of a report, taken apart: an agency, a year, a subject and a report word."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.recognize.identity.agencies import is_bare, is_whole, may_be_agency
from pipelines.text import narrow, simplify
from pipelines.text.fold import placed
from pipelines.text.lexicon import Lexicon
from pipelines.text.years import Times, times_in

MAX_TITLE = 80
# Between subject and report word stand at most a year and a word; behind it, a remark.
_MAX_BETWEEN = 8
_MAX_BEHIND = 20
# Of two subjects one behind the other, joined by a word, the name ends before the first.
_MAX_JOINT = 3
# A word for what a page is, where it stands alone between bars.
_MAX_WORD = 6
_QUOTES = "《》〈〉\"“”'‘’"
_MARKS = " :,。.;、-—_|*#"
EDGES = _MARKS + "()[]【】" + _QUOTES
_STOPS = re.compile(r"[。;?!]")
_BARS = re.compile(r"[>|»_]")
# In the title of a page also a dash between two names.
_JOINED_BARS = re.compile(r"[>|»_]|\s[-—–]+\s|——")
_DASHES = frozenset("-—–―")
_OPENED = re.compile(r"[\[(【〔《]+[^\])】〕》]*$")
_BRACKETED = re.compile(r"(?<=.{3})[\[(【〔][^\])】〕]*[\])】〕]$")
_LABELLED = re.compile(r"^[\[(【][^\])】]*[\])】](?=.{3})")


@dataclass(frozen=True, slots=True)
class Title:
    """A title of a report, taken apart."""

    text: str
    agency: str | None
    year: int | None
    refused: bool


def parse_title(text: str, lexicon: Lexicon, *, joined: bool = False) -> Title | None:
    """A title taken apart, or None: it has a subject, then a report word near its end. `joined`:
    its page's or website's name may stand before it, so that a name apart from it is none."""
    if not may_have_subject(text, lexicon):
        return None
    bars = (_JOINED_BARS if joined else _BARS).split(text.replace("：", ":").replace("｜", "|"))
    titles = []
    kinds = [_is_of_another_kind(simplify(part), lexicon) for part in bars]
    # A word for what the page is refuses the parts beside it.
    refuses = any(
        kind and len(simplify(part)) <= _MAX_WORD for part, kind in zip(bars, kinds, strict=True)
    )
    for part, kind in zip(bars, kinds, strict=True):
        refused = kind or refuses
        titles += [_taken_apart(piece, lexicon, refused, joined) for piece in part.split(":")]
    found = [t for t in titles if t is not None]
    return max(found, key=known_parts, default=None)


def known_parts(title: Title) -> int:
    """How many of agency and year it names."""
    return (title.agency is not None) + (title.year is not None)


def may_have_subject(text: str, lexicon: Lexicon) -> bool:
    """Whether the subject of a report's title stands in it."""
    plain = simplify(text)
    return any(subject in plain for subject in lexicon.title.subject)


def _is_of_another_kind(plain: str, lexicon: Lexicon) -> bool:
    """Whether words say that it is no report."""
    return any(_other_kinds(plain, lexicon))


def _other_kinds(plain: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """The words that say so, the longest first: one, or two with something between."""
    for word in sorted(lexicon.title.not_a_report, key=len, reverse=True):
        first, _, second = word.partition("…")
        if first in plain and second in plain.partition(first)[2]:
            yield first, second


def _taken_apart(text: str, lexicon: Lexicon, refused: bool, joined: bool) -> Title | None:
    simple, places = placed(text)
    simple = simple.replace("，", ",")
    plain = simple
    for words_of_kind in _other_kinds(simple, lexicon):
        for word in words_of_kind:
            plain = plain.replace(word, "")
    if _STOPS.search(simple) or any(word in plain for word in lexicon.title.prose):
        return None
    times = times_in(simple, lexicon)
    if len(simple) - len(times.places) > MAX_TITLE:
        return None
    subject = _subject_of(simple, times.places, lexicon)
    if subject is None:
        return None
    start, end = subject
    words = _Characters(text, simple, places)
    agency = _agency(words, start, times, lexicon, joined)
    behind = None if joined else _agency_behind(words, end, times, lexicon)
    if behind is not None and (agency is None or behind.startswith(agency)):
        agency = behind
    return Title(narrow(text).strip(EDGES), agency, times.year, refused)


def _subject_of(simple: str, no_words: Collection[int], lexicon: Lexicon) -> tuple[int, int] | None:
    """Where the agency's name ends at the latest, and where the last subject ends that has a report
    word behind it."""
    blank = "".join(" " if i in no_words else c for i, c in enumerate(simple))
    places = {m.span() for s in lexicon.title.subject for m in re.finditer(re.escape(s), simple)}
    whole = {p for p in places if not any(q != p and q[0] <= p[0] and p[1] <= q[1] for q in places)}
    for start, end in sorted(whole, reverse=True):
        word = _first_of(blank[end:].replace(" ", ""), lexicon.title.report)
        if word is None:
            continue
        between, behind = word[0], len(blank[end:].replace(" ", "")) - word[1]
        if between <= _MAX_BETWEEN and behind <= _MAX_BEHIND:
            hidden = [
                end - len(shared) + len(agency)
                for shared, agency in lexicon.title.overlapping.items()
                if simple[:end].endswith(shared)
            ]
            return max([start, *hidden]), end
    return None


def _first_of(text: str, words: Sequence[str]) -> tuple[int, int] | None:
    """Where the first of the words stands; of two that begin alike, the longer."""
    places = [(text.find(w), -len(w)) for w in words if w in text]
    if not places:
        return None
    start, length = min(places)
    return start, start - length


@dataclass(frozen=True, slots=True)
class _Characters:
    """A text character by character: as printed, simplified, and where each stands in the text."""

    printed: str
    simple: str
    places: tuple[int, ...]

    def name(self, kept: Sequence[int]) -> str:
        """The characters of these numbers as they are printed."""
        return narrow("".join(self.printed[p] for p in dict.fromkeys(self.places[i] for i in kept)))

    def apart(self, one: int, two: int) -> bool:
        """Whether white space or a dash stands between two that follow each other."""
        between = self.printed[self.places[one] + 1 : self.places[two]]
        return any(c.isspace() or c in _DASHES for c in between)


def _agency(
    words: _Characters,
    end: int,
    times: Times,
    lexicon: Lexicon,
    joined: bool,
) -> str | None:
    """The name before the subject, as printed."""
    simple = words.simple
    start = max(_behind_another_title(simple[:end], lexicon), times.numbered % (end + 1))
    end = _before_another_subject(simple, start, end, lexicon)
    places = times.places
    kept = [i for i in range(start, end) if i not in places]
    for part in reversed(_parts(words, kept, lexicon)):
        name = _name(words, part, lexicon)
        if name is not None:
            torn = len(times.years) > 1 and _is_torn(words, part)
            return None if torn or (joined and _stands_apart(words, part)) else name
    return None


def _is_torn(words: _Characters, part: Sequence[int]) -> bool:
    """Whether a year was taken from within a name: of several years one may be a part of it."""
    letters = [i for i in part if words.simple[i] not in EDGES]
    return any(set(words.simple[a + 1 : b]) - set(EDGES) for a, b in pairwise(letters))


def _stands_apart(words: _Characters, part: Sequence[int]) -> bool:
    """Whether white space or a dash parts a name from what follows it."""
    last = max(i for i in part if words.simple[i] not in EDGES)
    follows = words.simple[last + 1 : last + 2]
    return follows in _DASHES or (follows != "" and words.apart(last, last + 1))


def _agency_behind(words: _Characters, end: int, times: Times, lexicon: Lexicon) -> str | None:
    """A name that stands behind the report word, in brackets or apart from it."""
    tail = words.simple[end:]
    start = end + max(
        (tail.rfind(w) + len(w) for w in lexicon.title.report if w in tail), default=0
    )
    places = times.places
    kept = [i for i in range(start, len(words.simple)) if i not in places]
    if not kept or not (words.simple[kept[0]] in EDGES or words.apart(kept[0] - 1, kept[0])):
        return None
    name = "".join(c for c in words.name(kept) if c not in _QUOTES).strip(EDGES)
    return name if may_be_agency(name, lexicon) and is_whole(name, lexicon) else None


def _parts(words: _Characters, kept: Sequence[int], lexicon: Lexicon) -> list[Sequence[int]]:
    """What stands before, between and behind words of notices, none of which is in a name."""
    head = "".join(words.simple[i] for i in kept)
    notices = "|".join(sorted(lexicon.title.notice, key=len, reverse=True))
    cuts = [m.span() for m in re.finditer(notices, head)]
    starts = [0, *(stop for _, stop in cuts)]
    stops = [*(start for start, _ in cuts), len(head)]
    return [kept[a:b] for a, b in zip(starts, stops, strict=True)]


def _behind_another_title(head: str, lexicon: Lexicon) -> int:
    """Where what follows the last report word begins: a column's name may stand before a title."""
    return max((head.rfind(w) + len(w) for w in lexicon.title.report if w in head), default=0)


def _before_another_subject(simple: str, start: int, end: int, lexicon: Lexicon) -> int:
    """Where the first of two joined subjects begins; an office may be named for its subject."""
    for subject in sorted(lexicon.title.subject, key=len, reverse=True):
        at = simple.rfind(subject, start, end)
        joint = simple[at + len(subject) : end]
        if at >= 0 and len(joint) <= _MAX_JOINT and not joint.endswith(lexicon.agency_endings):
            return at
    return end


def _name(words: _Characters, kept: Sequence[int], lexicon: Lexicon) -> str | None:
    """The name in these characters, without what stands around it. Of two parts that white space
    keeps apart the first may be the website's."""
    while kept and (words.simple[kept[0]] in _MARKS or words.simple[kept[0]].isdigit()):
        kept = kept[1:]
    breaks = [n for n, (a, b) in enumerate(pairwise(kept), 1) if b == a + 1 and words.apart(a, b)]
    pieces = [kept[a:b] for a, b in pairwise([0, *breaks, len(kept)])]
    pieces = [p for p in pieces if any(words.simple[i] not in EDGES for i in p)]
    if len(pieces) > 1 and min(len(p) for p in pieces[-2:]) > 1:
        before, last = (plain_name(words.name(p), lexicon) for p in pieces[-2:])
        alone = may_be_agency(last, lexicon) and is_whole(last, lexicon)
        if alone and not (is_bare(last, lexicon) and may_be_agency(before, lexicon)):
            return last
    name = plain_name(words.name(kept), lexicon)
    return name if may_be_agency(name, lexicon) else None


def plain_name(name: str, lexicon: Lexicon) -> str:
    """Without quotes, words of years that lost theirs, and what stands in brackets behind it."""
    name = "".join(c for c in name if c not in _QUOTES).strip(_MARKS)
    for word in sorted(lexicon.title.year_words, key=len, reverse=True):
        name = name.removesuffix(word)
    name = _OPENED.sub("", _BRACKETED.sub("", _LABELLED.sub("", name)))
    return name.strip(EDGES)

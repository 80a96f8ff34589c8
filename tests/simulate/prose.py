"""Titles and sentences: templates of simulation.yaml filled with the report's own figures."""

import random
from collections.abc import Iterable, Mapping
from string import Formatter

from pipelines.domain import Agency
from pipelines.forms import Forms
from tests.simulate.figures import spread
from tests.simulate.report import DISCLOSURE, REQUESTS, REVIEWS, CellKey
from tests.simulate.words import Sentence, Subsection, Words

Values = dict[str, str | int]


def title_lines(words: Words, name: str, agency: Agency, year: int) -> tuple[str, ...]:
    """The title put in the way that simulation.yaml calls `name`."""
    spelled = "".join(words.year_digits[int(digit)] for digit in str(year))
    return tuple(
        line.format(agency=agency.agency_name, year=year, chinese_year=spelled)
        for line in words.titles[name]
    )


class Writer:
    """Writes the prose of one report and remembers which figures it has restated."""

    def __init__(
        self,
        rng: random.Random,
        *,
        forms: Forms,
        words: Words,
        agency: Agency,
        year: int,
        figures: Mapping[CellKey, object],
    ) -> None:
        self._rng = rng
        self._forms = forms
        self._words = words
        self._agency = agency
        self._values = _values(rng, words, agency, year, figures)
        self.claims: dict[str, int] = {}

    def paragraphs(self) -> dict[str, tuple[str, ...]]:
        """Section code → its paragraphs; the sections of tables have none of their own."""
        prose = self._words.prose
        topics = [prose.disclosure, prose.requests]
        topics += self._rng.sample([prose.management, prose.platform, prose.supervision], k=2)
        overview = [self._one(prose.opening)]
        for number, topic in enumerate(topics):
            overview += self._subsection(number, topic)
        other = [self._one(prose.other)]
        if self._agency.is_government:
            other.append(self._one(prose.other_of_governments))
        elif self._rng.random() < 0.2:
            other = [prose.nothing]
        return {
            "overview": tuple(overview),
            "problems": (self._one(prose.problems), self._one(prose.measures)),
            "other": tuple(other),
        }

    def before_tables(self) -> dict[str, str]:
        """Table → the sentence between its heading and itself."""
        return {t: self._one(s) for t, s in self._words.prose.before_table.items()}

    def _subsection(self, number: int, topic: Subsection) -> list[str]:
        brackets = self._words.subsection_brackets
        opening, closing = brackets[0], brackets[1]
        numeral = self._forms.lexicon.numerals[number]
        with_figures = [s for s in self._fitting(topic.sentences) if s.some or s.none]
        without = [s for s in self._fitting(topic.sentences) if not (s.some or s.none)]
        chosen = self._rng.sample(with_figures, k=min(2, len(with_figures)))
        chosen += self._rng.sample(without, k=min(2, len(without)))
        text = "".join(self._fill(s) for s in chosen)
        return [f"{opening}{numeral}{closing}{topic.heading}", text]

    def _one(self, sentences: Iterable[Sentence]) -> str:
        return self._fill(self._rng.choice(self._fitting(sentences)))

    def _fitting(self, sentences: Iterable[Sentence]) -> list[Sentence]:
        def fits(sentence: Sentence) -> bool:
            if sentence.some is not None:
                return int(self._values[sentence.some]) > 0
            return sentence.none is None or int(self._values[sentence.none]) == 0

        return [s for s in sentences if fits(s)]

    def _fill(self, sentence: Sentence) -> str:
        for _, name, _, _ in Formatter().parse(sentence.text):
            value = self._values[name] if name else None
            if name and name not in ("year", "next_year") and isinstance(value, int):
                self.claims[name] = value
        return sentence.text.format_map(self._values)


def _values(
    rng: random.Random, words: Words, agency: Agency, year: int, figures: Mapping[CellKey, object]
) -> Values:
    def figure(*keys: CellKey) -> int:
        return sum(int(str(figures.get(key, 0))) for key in keys)

    names = words.self_names
    own = names.government if agency.is_government else names.department
    values: Values = {
        "agency": agency.agency_name,
        "year": year,
        "next_year": year + 1,
        "self": own[agency.admin_level or "county"],
        "licensing": figure((DISCLOSURE, "administrative_licensing", "decisions")),
        "penalties": figure((DISCLOSURE, "administrative_penalties", "decisions")),
        "normative": figure(
            (DISCLOSURE, "normative_documents", "issued"),
            (DISCLOSURE, "normative_documents", "made"),
        ),
        "reconsiderations": figure((REVIEWS, "reconsideration", "total")),
        "litigations": figure(
            (REVIEWS, "litigation_direct", "total"),
            (REVIEWS, "litigation_after_reconsideration", "total"),
        ),
        "trainings": rng.randint(1, 4),
        "assessments": rng.randint(1, 4),
        "handling_fee": rng.choice([0, 0, 0, 0, 10 * rng.randint(1, 60)]),
    }
    for row in ("received", "brought_forward", "granted", "partly_granted"):
        values[row] = figure((REQUESTS, row, "total"))
    for row in ("total_processed", "carried_forward"):
        values[row] = figure((REQUESTS, row, "total"))
    scale = {"central": 30000, "province": 9000, "city": 4000, "county": 900, "township": 90}
    usual = scale[agency.admin_level or "county"] * (3 if agency.is_government else 1)
    by_channel = {"website": 1.0, "media": 0.7, "other": 0.1}
    channels = {f"disclosed_{c}": spread(rng, usual * share) for c, share in by_channel.items()}
    return values | channels | {"disclosed": sum(channels.values())}

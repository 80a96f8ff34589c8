"""data/reference/simulation.yaml as values: titles, prose and the chrome of web pages."""

from functools import lru_cache
from pathlib import Path

from pipelines.domain import ReferenceDataError
from pipelines.text.yaml_file import Strict, load_yaml

REFERENCE_DIR = Path(__file__).parents[2] / "data" / "reference"
WORDS_FILE = REFERENCE_DIR / "simulation.yaml"


class Activity(Strict):
    """How much of each activity a department has, beside the usual one of its level (1.0)."""

    requests: float = 1.0
    licensing: float = 1.0
    services: float = 1.0
    penalties: float = 1.0
    coercion: float = 1.0
    fees: float = 1.0
    documents: float = 1.0


class Sentence(Strict):
    """`some` keeps it only where that figure is above zero, `none` only where it is zero."""

    text: str
    some: str | None = None
    none: str | None = None


class Subsection(Strict):
    heading: str
    sentences: tuple[Sentence, ...]


class Prose(Strict):
    opening: tuple[Sentence, ...]
    disclosure: Subsection
    requests: Subsection
    management: Subsection
    platform: Subsection
    supervision: Subsection
    before_table: dict[str, tuple[Sentence, ...]]
    problems: tuple[Sentence, ...]
    measures: tuple[Sentence, ...]
    other: tuple[Sentence, ...]
    other_of_governments: tuple[Sentence, ...]
    nothing: str


class InfoTable(Strict):
    index: str
    index_value: str
    category: str
    category_value: str
    publisher: str
    date: str
    date_format: str


class PageWords(Strict):
    """What stands around the report on a web page."""

    home: str
    here: str
    path: tuple[str, ...]
    site: str
    source: str
    published: str
    published_format: str
    views: str
    font_size: str
    share: str
    print: str
    close: str
    attachments: str
    links: tuple[str, ...]
    menu: tuple[str, ...]
    info: InfoTable
    footer: tuple[str, ...]


class SelfNames(Strict):
    """How an agency speaks of itself, by its level."""

    government: dict[str, str]
    department: dict[str, str]


class NearMiss(Strict):
    """The title of an entry near a report, and the reason for which it is none."""

    title: str
    reason: str


class MenuEntry(Strict):
    """`reason` is why a link that speaks of reports is none; "" where it does not speak of them."""

    title: str
    path: str
    reason: str


class TroubleWords(Strict):
    """What stands in the place of what was asked for."""

    captcha: str
    login: str
    password: str
    error: str


class WebsiteWords(Strict):
    """What the replica's websites list and say beside reports."""

    place_first: str
    place_second: str
    place_kinds: tuple[str, ...]
    government: str
    departments: tuple[str, ...]
    column: str
    column_page: str
    own_columns: tuple[str, ...]
    bare_years: tuple[str, ...]
    near: tuple[NearMiss, ...]
    ignored_titles: tuple[str, ...]
    others: tuple[str, ...]
    menu: tuple[MenuEntry, ...]
    next_page: tuple[str, ...]
    previous_page: str
    attachment: str
    year_option: str
    choose_year: str
    nothing: str
    picture: str
    trouble: TroubleWords


class Words(Strict):
    titles: dict[str, tuple[str, ...]]
    year_digits: str
    section_mark: str
    subsection_brackets: str
    page_number: tuple[str, ...]
    count_suffix: str
    half_header: int
    self_names: SelfNames
    functions: dict[str, Activity]
    page: PageWords
    prose: Prose
    websites: WebsiteWords


@lru_cache(maxsize=4)
def load_words(file: Path = WORDS_FILE) -> Words:
    """Read the simulator's words.

    Raises:
        ReferenceDataError: the file is missing or breaks a rule; the message names the place.
    """
    return load_yaml(file, Words, ReferenceDataError)

"""data/forms/lexicon.yaml as values: words of the reports that are neither rows nor columns."""

from decimal import Decimal

from pydantic import model_validator

from pipelines.text.labels import Labelled, check_unique_codes, check_unique_labels
from pipelines.text.yaml_file import Strict


class TitleWords(Strict):
    subject: tuple[str, ...]
    report: tuple[str, ...]
    not_a_report: tuple[str, ...]
    prose: tuple[str, ...]
    notice: tuple[str, ...]
    overlapping: dict[str, str]
    year_words: tuple[str, ...]


class AnnexWords(Strict):
    """Words of the annexes: what stands before a part, over a column, in the column of units."""

    of_which: tuple[str, ...]
    indicator_captions: tuple[str, ...]
    unit_captions: tuple[str, ...]
    number_captions: tuple[str, ...]
    remark_captions: tuple[str, ...]
    units: tuple[str, ...]
    negations: tuple[str, ...]


class Lexicon(Strict):
    """Words of the reports that are neither rows nor columns."""

    numerals: str
    number_digits: dict[str, int]
    number_units: dict[str, int]
    year_digits: dict[str, int]
    year_mark: str
    month_mark: str
    day_mark: str
    not_applicable: tuple[str, ...]
    increase: tuple[str, ...]
    decrease: tuple[str, ...]
    count_units: tuple[str, ...]
    money_units: dict[str, Decimal]
    money_unit_names: dict[str, str]
    annex: AnnexWords
    title: TitleWords
    agency_endings: tuple[str, ...]
    publisher_names: tuple[str, ...]
    published_on_names: tuple[str, ...]
    published_on_words: tuple[str, ...]
    publisher_words: tuple[str, ...]
    sections: tuple[Labelled, ...]

    @model_validator(mode="after")
    def _is_sound(self) -> "Lexicon":
        check_unique_codes("sections", self.sections)
        check_unique_labels("sections", self.sections)
        return self

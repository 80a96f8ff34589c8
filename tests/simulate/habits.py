"""How an author fills in, titles and lays out a report: one value a habit."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args

Zeros = Literal["zero", "blank", "mark"]
Changes = Literal["plain", "signed", "words", "short_words", "ratio"]
Amounts = Literal["bare", "yuan", "wan", "wan_bracketed"]
Vertical = Literal["plain", "spaced", "lines"]
Enumerators = Literal["dot", "comma", "bracket"]
Brackets = Literal["full", "half"]
TextLayout = Literal["tab", "pipe", "lines", "glued", "one_line"]
Spans = Literal["padded", "dropped", "repeated"]
Encoding = Literal["utf-8", "gb18030"]
Markup = Literal["plain", "word"]

NO_BREAK_SPACE = chr(0xA0)
WIDE_SPACE = chr(0x3000)


@dataclass(frozen=True, slots=True)
class Habits:
    """The defaults are those of a careful author; every field departs from them alone.

    Figures are printed when the report is generated, so the first group matters to `generate`;
    the others matter to the renderers and may be replaced between two renderings.
    """

    # figures
    zeros: Zeros = "zero"
    blank: str = ""  # what a blank cell holds: nothing, a space, a no-break space
    mark: str = "/"  # what `zeros = "mark"` prints; one of lexicon.not_applicable
    totals_only: bool = False  # zeros are left blank except in 总计 (column and row)
    item_totals_blank: bool = False  # 总计 is left blank on the rows of dispositions
    thousands: bool = False
    full_width_digits: bool = False
    padding: str = ""  # spaces before a figure
    count_suffix: bool = False  # 3件
    changes: Changes = "plain"
    amounts: Amounts = "bare"

    # labels and title
    label_variants: float = 0.0  # the share of labels written as one of their variants
    enumerators: Enumerators = "dot"
    brackets: Brackets = "full"
    vertical: Vertical = "plain"  # how the labels that span many rows are written
    broken_headers: bool = False  # the header of a narrow column is on two lines
    title: str = "plain"  # a name in simulation.yaml: titles

    # the document
    prose_before_table: bool = False
    reviews_under_problems: bool = False
    page_cut: str | None = None  # code of the row of 表三 after which a copied page break falls
    page_cut_number: bool = True  # the page number stands between the halves
    repeat_group_labels: bool = False  # the labels of cut groups are printed again
    repeat_header: bool = False  # so is the header
    header_off_columns: bool = False  # 表二: headers and figures span different columns

    # text copies
    text_layout: TextLayout = "tab"
    spans: Spans = "dropped"
    filler_columns: int = 0  # empty cells at the end of every row
    shifted_labels: bool = False  # rows of 表三 padded at random on the left and right
    lost_figures: float = 0.0  # the share of the rows of 表三 that lost one cell in copying
    figures_run_together: bool = False  # where `text_layout = "glued"`

    # web pages
    encoding: Encoding = "utf-8"
    declared_encoding: str | None = None  # what the page's meta says; None is the truth
    markup: Markup = "plain"
    info_table: bool = False  # index number, publisher and date in a table above the report
    page_metas: bool = True  # ArticleTitle, PubDate, ContentSource

    # PDF
    closing_rule: bool = True  # a rule closes the part of a table above a page break
    open_sides: bool = False  # no outer vertical rules
    page_number: int = 0  # which of simulation.yaml: page_number

    @classmethod
    def draw(
        cls,
        rng: random.Random,
        *,
        titles: Sequence[str] = ("plain",),
        marks: Sequence[str] = ("/", "-"),
    ) -> "Habits":
        """Habits at random: each departs from the default about one time in four.

        `titles` are names in simulation.yaml, `marks` tokens of lexicon.not_applicable.
        """

        def sometimes(share: float = 0.25) -> bool:
            return rng.random() < share

        zeros: Zeros = rng.choice(get_args(Zeros)) if sometimes(0.4) else "zero"
        totals_only = zeros == "blank" and sometimes(0.5)
        habits = cls(
            zeros=zeros,
            blank=rng.choice(["", "", " ", NO_BREAK_SPACE, WIDE_SPACE]),
            mark=rng.choice(marks),
            totals_only=totals_only,
            item_totals_blank=sometimes(0.1),
            thousands=sometimes(),
            full_width_digits=sometimes(0.1),
            padding=rng.choice([" ", "  "]) if sometimes(0.15) else "",
            count_suffix=sometimes(0.05),
            changes=rng.choice(get_args(Changes)),
            amounts=rng.choice(get_args(Amounts)),
            label_variants=0.3 if sometimes() else 0.0,
            enumerators=rng.choice(get_args(Enumerators)) if sometimes() else "dot",
            brackets="half" if sometimes(0.4) else "full",
            vertical=rng.choice(get_args(Vertical)) if sometimes(0.4) else "plain",
            broken_headers=sometimes(),
            title=rng.choice(titles),
            prose_before_table=sometimes(),
            reviews_under_problems=sometimes(0.1),
            page_cut=rng.choice(["granted", "refused.internal_affairs", "unable.not_held"])
            if sometimes()
            else None,
            page_cut_number=sometimes(0.5),
            repeat_group_labels=sometimes(0.5),
            repeat_header=sometimes(),
            header_off_columns=sometimes(0.1),
            text_layout=rng.choice(get_args(TextLayout)),
            spans=rng.choice(get_args(Spans)),
            filler_columns=rng.choice([1, 2]) if sometimes(0.15) else 0,
            shifted_labels=sometimes(0.2),
            encoding=rng.choice(get_args(Encoding)),
            declared_encoding=rng.choice([None, None, "gb2312"]),
            markup=rng.choice(get_args(Markup)),
            info_table=sometimes(0.4),
            page_metas=not sometimes(0.2),
            closing_rule=not sometimes(0.3),
            open_sides=sometimes(0.1),
            page_number=rng.randrange(3),
            lost_figures=0.2 if sometimes(0.15) else 0.0,
            figures_run_together=sometimes(0.2),
        )
        if habits.encoding == "utf-8":
            habits = replace(habits, declared_encoding=None)
        return habits

    def departures(self) -> dict[str, object]:
        """The habits that are not the careful author's, by name."""
        careful = Habits()
        return {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if getattr(self, f.name) != getattr(careful, f.name)
        }

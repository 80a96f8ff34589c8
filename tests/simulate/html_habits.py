"""How a page is marked up, whatever report is in it: one value a habit."""

import random
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

Container = Literal["zoom", "ucap", "trs", "article", "unknown"]
Nesting = Literal["none", "framed", "in_layout", "centred"]
Hiding = Literal["none", "display", "visibility", "mso", "attribute", "sheet"]


@dataclass(frozen=True, slots=True)
class PageHabits:
    """The defaults are those of the careful page that `render_html` makes without them."""

    container: Container = "zoom"
    nesting: Nesting = "none"  # tables in a table of one cell, the article in a layout table
    exported: bool = False  # what Word leaves in a page: islands, comments, spans in spans
    unclosed: bool = False  # no end tags where HTML does without
    heads: bool = False  # header rows in thead, their cells th
    captions: bool = False
    split: bool = False  # 表二 in two tables
    padded_rows: bool = False  # empty cells at the end of rows
    wide_titles: bool = False  # the title of a block spans more columns than there are
    hiding: Hiding = "none"  # cells, rows and text that are not displayed hold other figures
    struck: bool = False  # an earlier figure is struck out beside the figure
    noted: bool = False  # the mark of a note behind figures and labels
    inputs: bool = False  # figures are the values of inputs
    invisible: bool = False  # characters without width in labels and figures
    entities: bool = False  # digits as character references
    commented: bool = False  # a copy with other figures in a comment
    twin: bool = False  # the article stands twice
    around: bool = False  # a list of other years' reports and a calendar beside the article
    byte_order_mark: bool = False

    @classmethod
    def draw(cls, rng: random.Random) -> "PageHabits":
        """Habits at random: each departs from the default about one time in four."""

        def sometimes(share: float = 0.25) -> bool:
            return rng.random() < share

        choices: dict[str, Callable[[], Any]] = {
            "container": lambda: rng.choice(get_args(Container)),
            "nesting": lambda: rng.choice(get_args(Nesting)) if sometimes(0.5) else "none",
            "hiding": lambda: rng.choice(get_args(Hiding)) if sometimes(0.5) else "none",
        }
        return cls(**{f.name: choices.get(f.name, sometimes)() for f in fields(cls)})

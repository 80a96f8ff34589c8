"""Forms are data: data/forms/*.yaml as checked values."""

from pipelines.forms.fold import fold, narrow, simplify, unnumbered
from pipelines.forms.load import FORMS_DIR, load_forms
from pipelines.forms.message import finding
from pipelines.forms.model import (
    Block,
    BlockTable,
    Column,
    Form,
    Forms,
    Identity,
    Item,
    Labelled,
    Lexicon,
    Measure,
    RectangularTable,
    Row,
    Rule,
    Table,
)

__all__ = [
    "FORMS_DIR",
    "Block",
    "BlockTable",
    "Column",
    "Form",
    "Forms",
    "Identity",
    "Item",
    "Labelled",
    "Lexicon",
    "Measure",
    "RectangularTable",
    "Row",
    "Rule",
    "Table",
    "finding",
    "fold",
    "load_forms",
    "narrow",
    "simplify",
    "unnumbered",
]

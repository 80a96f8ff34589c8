"""Forms are data: data/forms/*.yaml as checked values."""

from pipelines.forms.identities import (
    Cell,
    Equation,
    Identity,
    difference,
    equations_of,
    merged,
)
from pipelines.forms.load import FORMS_DIR, INDICATORS, load_forms
from pipelines.forms.message import finding
from pipelines.forms.model import (
    Annex,
    AnnexForm,
    Block,
    BlockTable,
    Column,
    Form,
    Forms,
    Indicator,
    Item,
    Measure,
    PlantedDocument,
    RectangularTable,
    Row,
    Rule,
    Table,
)

__all__ = [
    "FORMS_DIR",
    "INDICATORS",
    "Annex",
    "AnnexForm",
    "Block",
    "BlockTable",
    "Cell",
    "Column",
    "Equation",
    "Form",
    "Forms",
    "Identity",
    "Indicator",
    "Item",
    "Measure",
    "PlantedDocument",
    "RectangularTable",
    "Row",
    "Rule",
    "Table",
    "difference",
    "equations_of",
    "finding",
    "load_forms",
    "merged",
]

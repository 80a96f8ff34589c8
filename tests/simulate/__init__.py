"""Reports made to order, for samples, tests and benches: the generator and its renderers."""

from tests.simulate.agencies import load_agencies
from tests.simulate.annex import AnnexHabits, generate_annex
from tests.simulate.generate import generate, generate_series
from tests.simulate.habits import Habits
from tests.simulate.pdf_pages import MissingFontError
from tests.simulate.render import Format, render
from tests.simulate.report import CellKey, PrintedCell, SimulatedReport
from tests.simulate.rules import BrokenRule, Change, break_rule, broken_rules, lose_cell
from tests.simulate.samples import write_samples
from tests.simulate.words import load_words

__all__ = [
    "AnnexHabits",
    "BrokenRule",
    "CellKey",
    "Change",
    "Format",
    "Habits",
    "MissingFontError",
    "PrintedCell",
    "SimulatedReport",
    "break_rule",
    "broken_rules",
    "generate",
    "generate_annex",
    "generate_series",
    "load_agencies",
    "load_words",
    "lose_cell",
    "render",
    "write_samples",
]

"""Reports made to order, for samples, tests and benches: the generator and its renderers."""

from pipelines.simulate.agencies import load_agencies
from pipelines.simulate.annex import AnnexHabits, generate_annex
from pipelines.simulate.generate import generate, generate_series
from pipelines.simulate.habits import Habits
from pipelines.simulate.pdf_pages import MissingFontError
from pipelines.simulate.render import Format, render
from pipelines.simulate.report import CellKey, PrintedCell, SimulatedReport
from pipelines.simulate.rules import BrokenRule, Change, break_rule, broken_rules, lose_cell
from pipelines.simulate.samples import write_samples
from pipelines.simulate.words import load_words

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

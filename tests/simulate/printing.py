"""A figure → the token that its author prints, and what the token means."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pipelines.domain import State
from pipelines.text.lexicon import Lexicon
from tests.simulate.habits import Habits
from tests.simulate.report import PrintedCell

_YUAN_PER_WAN = 10000
_FULL_WIDTH = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure to print. `unit` is that of the number given (1 or 10000 yuan), `header_unit`
    the unit that the header above the cell names."""

    value: Decimal
    kind: Literal["count", "change", "amount"]
    vintage: str
    in_total: bool = False  # stands in a total column or row
    left_blank: bool = False  # its author leaves such cells blank whatever they hold
    yuan: int = 1
    header_unit: str | None = None


def print_figure(
    figure: Figure, habits: Habits, lexicon: Lexicon, count_suffix: str
) -> PrintedCell:
    """The cell that holds `figure`, with state, value and unit decided here and nowhere else."""
    if figure.left_blank:
        return _without_value(habits.blank, State.BLANK, figure.vintage)
    if figure.value == 0 and not (habits.totals_only and figure.in_total):
        if habits.zeros == "blank":
            return _without_value(habits.blank, State.BLANK, figure.vintage)
        if habits.zeros == "mark":
            return _without_value(habits.mark, State.NOT_APPLICABLE, figure.vintage)
    if figure.kind == "amount":
        token, value, unit = _amount(figure, habits, lexicon)
    elif figure.kind == "change":
        token, value, unit = _change(figure.value, habits, lexicon), figure.value, None
    else:
        token, value, unit = _number(figure.value, habits), figure.value, None
        if habits.count_suffix:
            token += count_suffix
    return PrintedCell(habits.padding + token, State.REPORTED, value, unit, figure.vintage)


def _without_value(token: str, state: State, vintage: str) -> PrintedCell:
    return PrintedCell(token, state, None, None, vintage)


def _number(value: Decimal, habits: Habits) -> str:
    token = f"{value:,f}" if habits.thousands else f"{value:f}"
    return token.translate(_FULL_WIDTH) if habits.full_width_digits else token


def _change(value: Decimal, habits: Habits, lexicon: Lexicon) -> str:
    size = _number(abs(value), habits)
    if habits.changes == "ratio":
        nothing = _number(Decimal(0), habits)
        return f"{size}/{nothing}" if value > 0 else f"{nothing}/{size}"
    if value == 0:
        return size
    if habits.changes in ("words", "short_words"):
        words = [w for w in (lexicon.increase if value > 0 else lexicon.decrease) if w.isalpha()]
        return (max if habits.changes == "words" else min)(words, key=len) + size
    sign = "+" if habits.changes == "signed" else ""
    return f"{sign if value > 0 else '-'}{size}"


def _amount(figure: Figure, habits: Habits, lexicon: Lexicon) -> tuple[str, Decimal, str | None]:
    if habits.amounts == "bare":
        return _number(figure.value, habits), figure.value, figure.header_unit
    yuan = figure.value * figure.yuan
    scale = 1 if habits.amounts == "yuan" else _YUAN_PER_WAN
    value = _plain(yuan / scale)
    names = sorted((n for n, s in lexicon.money_units.items() if s == scale), key=len)
    unit = lexicon.money_unit_names.get(names[-1], names[-1])
    token = _number(value, habits)
    if habits.amounts == "wan_bracketed":
        return f"{token}({names[0]})", value, unit
    return token + names[-1], value, unit


def _plain(value: Decimal) -> Decimal:
    """Without trailing zeros and without an exponent."""
    return Decimal(f"{value.normalize():f}")

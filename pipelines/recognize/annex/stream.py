"""Annexes in running lines: one cell a line, one row a line, or the whole table on one line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from itertools import takewhile

from pipelines.domain import Cell, Paragraph, Place
from pipelines.recognize.annex.labels import INDICATOR, NUMBER, AnnexLabels
from pipelines.recognize.annex.rows import AnnexRow, Entry, RowReader, Segment, figure_entries
from pipelines.text import narrow, simplify
from pipelines.text.lexicon import Lexicon
from pipelines.text.tokens import looks_like_figure, parse_token

_MAX_LABEL = 60
# A label broken over so many lines, or words, is put together again.
_MAX_PIECES = 6
_GLUED = re.compile(r"(?P<label>.*[^\d.,])(?P<figure>\d[\d,]*(?:\.\d+)?(?:\(?\D{1,2}\)?)?)")
_AHEAD = re.compile(r"(?P<figure>\d[\d,]*(?:\.\d+)?)(?P<rest>(?:[^\W\d]|\().*)")
_PAGE = re.compile(r"[^\w\s]+\d{1,3}[^\w\s]+")
_MIN_START = 4
# What only sentences have, in plain forms.
_STOPS = frozenset(";!?" + chr(0x3002))
_MAX_PAGE = 99
# Captions of two lists side by side, each of six years with number, label, unit and remark: 20.
_MAX_CAPTIONS = 40


class Kind(Enum):
    LABEL = auto()
    CAPTION = auto()
    UNIT = auto()
    FIGURE = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    place: Place

    def cell(self) -> Cell:
        return Cell(self.text, 0, 0, self.place)


class StreamReader:
    """Reads the annexes in a run of paragraphs."""

    def __init__(self, labels: AnnexLabels, lexicon: Lexicon) -> None:
        self._labels = labels
        self._lexicon = lexicon
        self._reader = RowReader(labels, lexicon)
        words = {*labels.units, *lexicon.money_units, *lexicon.not_applicable}
        self._no_words = sorted(map(simplify, words), key=len, reverse=True)

    def read(self, run: Sequence[Paragraph]) -> Iterator[Segment]:
        """A segment for each header among the paragraphs: without one nothing is read."""
        entries: list[Entry] = []
        rows: list[list[Token]] = []
        header: list[Entry] = []
        tokens = list(self._tokens(run))
        for index, token in enumerate(tokens):
            if token.kind is Kind.CAPTION:
                header.append(self._entry(token))
                continue
            if self._is_header(header):
                yield from self._segment(entries, rows)
                entries, rows = header, []
            header = []
            if not entries:
                continue
            following = tokens[index + 1].kind if index + 1 < len(tokens) else Kind.TEXT
            named = token.kind is Kind.TEXT and len(narrow(token.text)) <= _MAX_LABEL
            if token.kind is Kind.LABEL or (named and following in (Kind.UNIT, Kind.FIGURE)):
                rows.append([token])
            elif token.kind is Kind.TEXT:
                rows.append([token] if self._begins_known(narrow(token.text)) else [])
                if len(narrow(token.text)) > _MAX_LABEL:
                    yield from self._segment(entries, rows)
                    entries, rows = [], []
            elif rows and rows[-1]:
                rows[-1].append(token)
        yield from self._segment(entries, rows)

    # -- tokens ----------------------------------------------------------------------------

    def _tokens(self, run: Sequence[Paragraph]) -> Iterator[Token]:
        index = 0
        while index < len(run):
            count, tokens = self._piece(run, index)
            yield from tokens
            index += count

    def _piece(self, run: Sequence[Paragraph], index: int) -> tuple[int, list[Token]]:
        """What the paragraphs from `index` on begin with, and how many of them it takes."""
        paragraph = run[index]
        if _PAGE.fullmatch(narrow(paragraph.text)):
            return 1, []
        if (token := self._token(paragraph.text, paragraph.place)) is not None:
            return 1, [token]
        words = self._words(paragraph)
        if any(t.kind is not Kind.TEXT for t in words):
            return 1, words
        text = paragraph.text
        for count in range(2, min(_MAX_PIECES, len(run) - index) + 1):
            piece = run[index + count - 1].text
            if self._token(piece, paragraph.place) is not None or len(text) > _MAX_LABEL:
                break
            text += piece
            if self._labels.candidates(text):
                return count, [Token(Kind.LABEL, text, paragraph.place)]
        return 1, [Token(Kind.TEXT, paragraph.text, paragraph.place)]

    def _token(self, text: str, place: Place) -> Token | None:
        """The text as one token; None where it is more than one, or prose."""
        if not narrow(text):
            return None
        if self._labels.candidates(text):
            return Token(Kind.LABEL, text, place)
        if self._labels.is_unit(text):
            return Token(Kind.UNIT, text, place)
        if looks_like_figure(text, self._lexicon):
            return Token(Kind.FIGURE, text, place)
        if self._labels.caption(text) is not None:
            return Token(Kind.CAPTION, text, place)
        return None

    def _words(self, paragraph: Paragraph) -> list[Token]:
        """The words of a line, put together to labels and taken apart where they are glued."""
        words = paragraph.text.split()
        tokens: list[Token] = []
        index = 0
        while index < len(words):
            # A figure or a unit is no part of the label beside it.
            texts = takewhile(self._is_text, words[index : index + _MAX_PIECES])
            pieces = max(1, len(list(texts)))
            for count in range(pieces, 0, -1):
                text = "".join(words[index : index + count])
                token = self._token(text, paragraph.place)
                if token is not None and (count == 1 or token.kind is Kind.LABEL):
                    tokens.append(token)
                    break
            else:
                count = 1
                tokens += self._unglued(words[index], paragraph.place)
            index += count
        return tokens

    def _is_text(self, word: str) -> bool:
        return not (looks_like_figure(word, self._lexicon) or self._labels.is_unit(word))

    def _unglued(self, word: str, place: Place) -> list[Token]:
        """Captions, or the parts of a row, run into one another."""
        plain = narrow(word)
        if captions := self._captions(plain):
            return [Token(Kind.CAPTION, text, place) for text in captions]
        ahead = _AHEAD.fullmatch(plain)
        if ahead and self._begins_known(ahead["rest"]):
            figure = Token(Kind.FIGURE, ahead["figure"], place)
            return [figure, *self._unglued(ahead["rest"], place)]
        if self._labels.candidates(plain):
            return [Token(Kind.LABEL, plain, place)]
        parts = self._label_and_figure(plain, place) or self._begun(plain, place)
        return parts or [Token(Kind.TEXT, word, place)]

    def _label_and_figure(self, plain: str, place: Place) -> list[Token]:
        """A label with its unit, its first figure, or both behind it; nothing where it is not."""
        glued = _GLUED.fullmatch(plain)
        figures: list[Token] = []
        label = plain
        if glued and looks_like_figure(glued["figure"], self._lexicon):
            label = glued["label"]
            figures = [Token(Kind.FIGURE, glued["figure"], place)]
        simple = simplify(label)
        ends = (u for u in sorted(self._labels.units, key=len, reverse=True) if simple.endswith(u))
        unit = "" if self._labels.candidates(label) else next(ends, "")
        bare = label.removesuffix(unit)
        units = [Token(Kind.UNIT, unit, place)] if unit else []
        if self._labels.candidates(bare):
            return [Token(Kind.LABEL, bare, place), *units, *figures]
        prose = _STOPS & set(bare) or len(bare) > _MAX_LABEL or self._begins_known(bare)
        return [] if prose or not figures else [Token(Kind.TEXT, bare, place), *units, *figures]

    def _begun(self, plain: str, place: Place) -> list[Token]:
        """A label and something behind it that is neither prose nor one figure beyond doubt."""
        longest = min(len(plain) - 1, 2 * _MAX_LABEL)
        for end in range(longest, 1, -1):
            if self._labels.candidates(plain[:end]):
                rest = plain[end:]
                for word in self._no_words:
                    rest = rest.replace(word, "")
                if any(c.isalpha() for c in rest):
                    return []
                behind = Token(Kind.FIGURE, plain[end:], place)
                return [Token(Kind.LABEL, plain[:end], place), behind]
        return []

    def _captions(self, text: str) -> list[str]:
        """The captions that the text is put together of, as few as can be; none where it is not."""
        best: list[list[str] | None] = [*[None] * len(text), []]
        if len(text) > _MAX_LABEL:
            return []
        for start in range(len(text) - 1, -1, -1):
            chains = [
                [text[start:end], *rest]
                for end in range(start + 1, len(text) + 1)
                if (rest := best[end]) is not None and self._labels.caption(text[start:end])
            ]
            best[start] = min(chains, key=len, default=None)
        return best[0] or []

    # -- rows ------------------------------------------------------------------------------

    def _entry(self, token: Token) -> Entry:
        caption = self._labels.caption(token.text)
        if caption is None:
            return Entry("", narrow(token.text))
        return Entry(caption.role, narrow(token.text), caption.year)

    def _is_header(self, header: Sequence[Entry]) -> bool:
        roles = [e.role for e in header]
        columns = any(role in self._labels.columns for role in roles)
        return INDICATOR in roles and columns and len(header) <= _MAX_CAPTIONS

    def _segment(self, header: Sequence[Entry], found: Sequence[list[Token]]) -> Iterator[Segment]:
        if not header or not any(found):
            return
        starts = [i for i, e in enumerate(header) if e.role == INDICATOR]
        first = starts[0] + 1
        entries = tuple(header[first : starts[1] if len(starts) > 1 else len(header)])
        figures = figure_entries(entries, self._labels)
        if any(e.role == NUMBER for e in header):
            found = list(_without_serials(found))
        rows = [self._row(tokens, entries) for tokens in found]
        lossy = any(self._lost(row) for row in rows)
        kept = [self._without_page_number(row) if lossy else row for row in rows]
        yield Segment(figures, tuple(kept), ordered=len(starts) == 1, follows=False, headed=True)

    def _begins_known(self, plain: str) -> bool:
        """Whether it begins as a row does, though nothing is sure of it."""
        ends = range(_MIN_START, len(plain) + 1)
        whole = len(plain) <= 2 * _MAX_LABEL and not _STOPS & set(plain)
        return whole and any(self._labels.candidates(plain[:end]) for end in ends)

    def _row(self, tokens: Sequence[Token], entries: Sequence[Entry]) -> AnnexRow:
        """No tokens: something that is no row, and what follows stands under nothing."""
        if not tokens:
            return AnnexRow((), None, (), ())
        if tokens[0].kind is Kind.TEXT and len(tokens) == 1:
            return AnnexRow((), None, None, (tokens[0].cell(),))
        rest = [t.cell() for t in tokens[1:]]
        return self._reader.row([tokens[0].cell()], rest, entries, whole=False)

    def _lost(self, row: AnnexRow) -> bool:
        if not row.labels or self._labels.candidates(row.labels[0].text) & self._labels.headings:
            return False
        return row.cells is None or None in row.cells

    def _without_page_number(self, row: AnnexRow) -> AnnexRow:
        """In lines that lost cells, a row can be whole by a figure that is none of its own."""
        last = row.cells[-1] if row.cells else None
        value = None
        if last is not None:
            value = parse_token(last.text, "count", self._lexicon).value
        if value is None or not Decimal(1) <= value <= _MAX_PAGE:
            return row
        return AnnexRow(row.labels, row.unit, None, row.printed)


def _without_serials(found: Sequence[list[Token]]) -> Iterator[list[Token]]:
    """Rows without the number of the next one, which stands before its label."""
    number = 1
    for tokens in found:
        number += bool(tokens)
        ends = len(tokens) > 1 and simplify(tokens[-1].text) == str(number)
        yield tokens[:-1] if ends else tokens

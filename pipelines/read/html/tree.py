"""The tree of a page: its elements by number, and which of them show nothing or stand aside."""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

_PARSER = LexborHTMLParser("x")


def ids_of(names: str) -> frozenset[int]:
    """The parser's numbers of these elements: a number is asked for faster than a name."""
    return frozenset(_PARSER.create_node(name).tag_id for name in names.split())


def id_of(name: str) -> int:
    (number,) = ids_of(name)
    return number


_TEXT_NODE = _PARSER.body.first_child if _PARSER.body is not None else None
TEXT = _TEXT_NODE.tag_id if _TEXT_NODE is not None else -1
BR, TABLE, TR, A, INPUT, PRE, CAPTION = (
    id_of(name) for name in ("br", "table", "tr", "a", "input", "pre", "caption")
)
CELLS = ids_of("td th")
PICTURES = ids_of("img image svg canvas object embed iframe video")
FIELDS = ids_of("input select textarea")
SKIPPED = ids_of(
    "head script style noscript template select button textarea iframe object audio video rt rp"
    " svg canvas math xml datalist"
)
# All others, and those that HTML does not know, stand in a line of text and do not break it.
BLOCKS = ids_of(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li"
    " listing main menu nav ol optgroup option p plaintext pre search section summary table tbody"
    " td tfoot th thead tr ul xmp"
)
_STRUCK = ids_of("s del strike")
_RAISED = ids_of("sup sub")
# What HTML knows has a small number.
_MAX_KNOWN = 4096
# Of the islands that word processors leave in a page only these are text.
_ISLANDS = ("w:", "v:", "o:", "x:")
_TEXT_IN_ISLANDS = frozenset({"o:p", "w:sdt", "v:textbox", "w:wrap"})

GONE, UNSEEN, STRUCK, RAISED = 1, 2, 4, 8
HIDDEN = GONE | UNSEEN
_NONE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_UNSEEN = re.compile(r"visibility\s*:\s*hidden", re.IGNORECASE)
_DECLARATION = re.compile(r"(?<![\w-])([\w-]++)\s*+:([^;]*)")
_OFF_LINE = re.compile(r"vertical-align\s*:\s*(?:super|sub)\b", re.IGNORECASE)
_SHOWN = re.compile(r"display\s*:\s*(?!none)\w|visibility\s*:\s*visible", re.IGNORECASE)

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_NAME = r"([.#])([A-Za-z_][\w-]*)"
_NAMES = re.compile(_NAME)
_SIMPLE = re.compile(rf"(?:[A-Za-z][\w:]*)?{_NAME}")
_MAX_STYLE = 500_000

Ids = frozenset[int]


def is_skipped(node: LexborNode, number: int) -> bool:
    """Whether what is in the element is no text of the page; `number` is its."""
    if number in SKIPPED:
        return True
    if number < _MAX_KNOWN and number in BLOCKS:
        return False
    tag = node.tag or "-"
    return tag.startswith("-") or (tag.startswith(_ISLANDS) and tag not in _TEXT_IN_ISLANDS)


@dataclass(slots=True)
class Marks:
    """What the page's attributes and style sheets say of how its elements show. `names` are the
    classes and ids (`.a`, `#b`) that a style sheet of the page hides."""

    names: frozenset[str] = frozenset()
    _of_style: dict[str, int] = field(default_factory=dict)

    def of(self, node: LexborNode, number: int) -> int:
        """The element's marks: GONE is not displayed, UNSEEN keeps its place in a table, STRUCK is
        struck out, RAISED stands above or below the line."""
        marks = 0
        if number in _STRUCK:
            marks = STRUCK
        elif number in _RAISED:
            marks = RAISED
        attributes = node.attributes
        return marks | self.of_attributes(attributes) if attributes else marks

    def of_attributes(self, attributes: dict[str, str | None]) -> int:
        """What the attributes alone say."""
        marks = GONE if "hidden" in attributes else 0
        style = attributes.get("style")
        if style:
            known = self._of_style.get(style)
            if known is None:
                known = self._of_style[style] = _of_style(style)
            marks |= known
        if self.names and not self.names.isdisjoint(_names_of(attributes)):
            marks |= GONE
        return marks


def marks_of(tree: LexborHTMLParser) -> Marks:
    """The page's marks."""
    return Marks(_hidden_names(tree))


def _of_style(style: str) -> int:
    marks = 0
    for mark, pattern in (
        (GONE, _NONE),
        (UNSEEN, _UNSEEN),
        (RAISED, _OFF_LINE),
    ):
        if pattern.search(style):
            marks |= mark
    if any(
        "text-decoration" in name and "line-through" in value
        for name, value in _DECLARATION.findall(style.lower())
    ):
        marks |= STRUCK
    return marks


def _names_of(attributes: dict[str, str | None]) -> list[str]:
    names = [f".{name}" for name in (attributes.get("class") or "").split()]
    return [*names, f"#{attributes.get('id') or ''}"]


def _hidden_names(tree: LexborHTMLParser) -> frozenset[str]:
    """Rules for some media or states only do not count, nor what another rule shows."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for style in tree.css("style"):
        sheet = style.text()
        if "none" not in sheet and "hid" not in sheet:
            continue
        sheet = _COMMENT.sub(" ", sheet[:_MAX_STYLE])
        for rule in _without_conditions(sheet).split("}"):
            selectors, _, declared = rule.partition("{")
            if _NONE.search(declared) or _UNSEEN.search(declared):
                simple = (_SIMPLE.fullmatch(s.strip()) for s in selectors.split(","))
                hidden.update(m[1] + m[2] for m in simple if m is not None)
            elif _SHOWN.search(declared):
                shown.update(kind + name for kind, name in _NAMES.findall(selectors))
    return frozenset(hidden - shown)


def _without_conditions(sheet: str) -> str:
    """Without the rules inside @media and the like."""
    kept: list[str] = []
    at = 0
    while (start := sheet.find("@", at)) >= 0:
        kept.append(sheet[at:start])
        depth, end = 0, start
        for end in range(start, len(sheet)):
            mark = sheet[end]
            depth += (mark == "{") - (mark == "}")
            if (mark == "}" and depth <= 0) or (mark == ";" and depth == 0):
                break
        at = end + 1
    kept.append(sheet[at:])
    return "".join(kept)


class Paths:
    """Element paths of single nodes, found by climbing; within a budget of steps."""

    def __init__(self, steps: int = 300_000) -> None:
        self._steps = steps

    def climb(self, node: LexborNode) -> tuple[str | None, list[int]]:
        """The node's path, None where it would cost too much, and the ids of it and those above."""
        names: list[str] = []
        above: list[int] = []
        current: LexborNode | None = node
        while current is not None and current.tag != "-document":
            above.append(current.mem_id)
            names.append(self._step(current))
            current = current.parent
        if self._steps <= 0:
            return None, above
        return "/" + "/".join(reversed(names)), above

    def _step(self, node: LexborNode) -> str:
        tag = node.tag or ""
        if tag in ("html", "head", "body"):
            return tag
        number, index = node.tag_id, 1
        before = node.prev
        while before is not None and self._steps > 0:
            self._steps -= 1
            index += before.tag_id == number
            before = before.prev
        return f"{tag}[{index}]"

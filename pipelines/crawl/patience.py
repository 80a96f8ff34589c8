"""When a source is left alone until tomorrow."""

from dataclasses import dataclass

from pipelines.crawl.trouble import Trouble, TroubleKind

# The night's own limits: no other request would fare better.
_FINAL = frozenset({TroubleKind.OUT_OF_HOURS, TroubleKind.SITE_LIMIT})
# A closed door: whoever goes on only knocks at it.
_CLOSED = frozenset({TroubleKind.CHALLENGE, TroubleKind.CAPTCHA, TroubleKind.UNREACHABLE})
_MOST_IN_A_ROW = 3


@dataclass(eq=False)
class Patience:
    """Counts closed doors in a row."""

    in_a_row: int = 0
    is_lost: bool = False

    def hear(self, trouble: Trouble | None) -> None:
        """How a request ended; None is an answer."""
        closed = trouble is not None and trouble.kind in _CLOSED
        self.in_a_row = self.in_a_row + 1 if closed else 0
        final = trouble is not None and trouble.kind in _FINAL
        self.is_lost = self.is_lost or final or self.in_a_row >= _MOST_IN_A_ROW

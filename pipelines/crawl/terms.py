"""By what a night goes: words, limits and dates, the same for every source."""

import datetime as dt
from dataclasses import dataclass

from pipelines.crawl.safety import Limits
from pipelines.crawl.words import Words
from pipelines.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Terms:
    """`until_year` is the last report year whose reports must be out; a document whose listing did
    not change is asked for again after about `recheck_days`."""

    words: Words
    lexicon: Lexicon
    limits: Limits
    until_year: int
    recheck_days: float
    now: dt.datetime

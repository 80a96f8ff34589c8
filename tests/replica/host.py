"""One site as a server plays it: its answers, its faults, its counts."""

import asyncio
from collections import Counter
from collections.abc import Callable

from tests.replica.answers import Answer, Conditions
from tests.replica.asked import Asked
from tests.replica.counts import Counts
from tests.replica.faults import HOP, faulty, hop
from tests.replica.plan import Site
from tests.replica.protocol import Handler, Received
from tests.replica.settings import Settings
from tests.replica.website import ROBOTS, Website


class Host:
    """What one address plays. Its site changes from night to night, its counts go on."""

    def __init__(self, settings: Settings, site: Site, port: int) -> None:
        self.counts = Counts()
        # How often a faulty address was asked for; counting anew does not bring its fault back.
        self._asked: Counter[str] = Counter()
        self._settings = settings
        self._port = port
        self._website = Website(settings, site, port)
        self.handler = Handler(
            self.respond,
            latency=settings.latency_seconds,
            connected=self._connected,
            sent=self._sent,
            hung_up=self._hung_up,
        )

    def play(self, site: Site) -> None:
        """From now on this."""
        if site != self._website.site:
            self._website = Website(self._settings, site, self._port)

    def reset(self) -> None:
        """Count anew; requests that are under way still count."""
        at_once = self.counts.at_once
        self.counts = Counts(at_once=at_once, most_at_once=at_once)

    def respond(self, received: Received) -> tuple[Answer, Callable[[], None]]:
        """The answer to a request, and what to call when it is sent."""
        asked, headers, counts = received.asked, received.headers, self.counts
        counts.begin(str(asked), asyncio.get_running_loop().time())
        counts.user_agents[headers.get("user-agent", "")] += 1
        disallowed = self._website.site.disallowed
        if asked.target != ROBOTS and asked.target.startswith(disallowed):
            counts.disallowed[asked.target] += 1
        conditions = Conditions(
            headers.get("if-none-match", ""), headers.get("if-modified-since", "")
        )
        if conditions.etag or conditions.modified:
            counts.conditional += 1
        answer = self._answer(asked, conditions)
        counts.statuses[answer.status] += 1
        if answer.status == 304:
            counts.not_modified += 1
        return answer, self._ended

    def _answer(self, asked: Asked, conditions: Conditions) -> Answer:
        if asked.method == "HEAD":
            asked = Asked(asked.target)
        if asked.target.startswith(HOP):
            return hop(asked.target, lambda target: self._website.answer(Asked(target), conditions))
        fault = self._website.site.faults.get(asked.target)
        if fault is not None:
            before = self._asked[asked.target]
            self._asked[asked.target] += 1
            answer = faulty(
                fault, asked.target, lambda: self._website.answer(asked, conditions), before
            )
            if answer is not None:
                self.counts.faults[fault.name] += 1
                return answer
        return self._website.answer(asked, conditions)

    def _connected(self) -> None:
        self.counts.connections += 1

    def _sent(self, size: int) -> None:
        self.counts.bytes_sent += size

    def _hung_up(self) -> None:
        self.counts.hung_up += 1

    def _ended(self) -> None:
        self.counts.end()

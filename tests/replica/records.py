"""The sources' records of a replica: what pipelines.crawl.source reads."""

from pathlib import Path
from typing import Any

import yaml

from tests.replica.families import PLAYERS
from tests.replica.plan import Plan, Site
from tests.simulate.words import load_words


def source_records(plan: Plan, port: int) -> list[dict[str, Any]]:
    """A record for each site."""
    return [_record(plan, site, f"http://{site.host}:{port}") for site in plan.sites]


def write_sources(plan: Plan, port: int, folder: Path) -> list[Path]:
    """The records as files, named after their ids."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for record in source_records(plan, port):
        file = folder / f"{record['id']}.yaml"
        text = yaml.safe_dump(record, allow_unicode=True, sort_keys=False)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return written


def _record(plan: Plan, site: Site, origin: str) -> dict[str, Any]:
    words, player = load_words().websites, PLAYERS[site.family]
    whose = "agency_id" if site.agency_id is not None else "government_id"
    record: dict[str, Any] = {
        "id": site.id,
        whose: site.agency_id or site.government_id,
        "family": site.family,
        "start": [origin + target for target in player.start(site)],
        "first_year": site.first_year,
    }
    if site.column != words.column:
        record["columns"] = [site.column]
    return {
        **record,
        "ignored_titles": list(words.ignored_titles),
        "pace": {"delay_seconds": plan.settings.delay_seconds},
        "private_hosts": [site.host],
        **player.record(site, origin),
    }

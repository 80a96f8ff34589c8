"""Which two addresses are editions of one page."""

import re
from urllib.parse import urlsplit

from pipelines.crawl.words import Twins

_FILE_ENDING = re.compile(r"(\.[a-z0-9]{1,5})$", re.IGNORECASE)


def same_page(address: str, twins: Twins) -> str:
    """What all editions of one page have in common: the address without scheme and without the
    marks of an edition for phones, for the blind or in another script."""
    parts = urlsplit(address)
    host, path = parts.netloc.lower(), parts.path
    for gate in twins.gates:
        if path.startswith(gate):
            host, _, path = path.removeprefix(gate).partition("/")
            path = f"/{path}"
    first, _, rest = host.partition(".")
    if first in twins.hosts and "." in rest:
        host = f"www.{rest}"
    folders = [f for f in path.split("/")[:-1] if f.lower() not in twins.folders]
    name = path.rpartition("/")[2]
    ending = _FILE_ENDING.search(name)
    stem, ending_text = (name[: ending.start()], ending[0]) if ending else (name, "")
    for mark in twins.endings:
        if stem.lower().endswith(mark):
            stem = stem[: -len(mark)]
            break
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{'/'.join([*folders, stem])}{ending_text.lower()}{query}"

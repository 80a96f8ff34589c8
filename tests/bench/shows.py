"""Two real reports as PDF, and `ogi check` on them.

    python -m tests.bench.shows [--output FOLDER]

Their tables rendered by LibreOffice; every printed figure ought to be read, and no rule found
broken that the report keeps. It ends as `ogi check` does.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench.case_formats import rendered
from tests.bench.cases import load_cases
from tests.bench.printing import NotInstalledError

NAMES = ("hongze_2024_pdf", "pingtan_2019")
FORMAT = "pdf, LibreOffice"
OUTPUT = Path("build/bench/shows")

_OGI = Path(sys.executable).with_name("ogi")


def write_shows(folder: Path) -> list[Path]:
    """The PDF of each, in the order of `NAMES`; none where ../shared is missing.

    Raises:
        NotInstalledError: there is no LibreOffice.
    """
    cases = [case for name in NAMES for case in load_cases() if case.name == name]
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{case.name}.pdf" for case in cases]
    for file, content in zip(files, rendered(cases, FORMAT) if cases else [], strict=True):
        file.write_bytes(content)
    return files


def main(arguments: Sequence[str] | None = None) -> int:
    """What `ogi check` ends with; 2 where there is nothing to show."""
    parser = argparse.ArgumentParser(description="Two real reports as PDF, checked.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the documents")
    try:
        files = write_shows(parser.parse_args(arguments).output)
    except NotInstalledError as error:
        print(error, file=sys.stderr)
        return 2
    if not files:
        print("no real cases: ../shared is not here", file=sys.stderr)
        return 2
    return subprocess.run([str(_OGI), "check", *map(str, files)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

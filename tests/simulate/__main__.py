"""`python -m tests.simulate data/samples` writes the samples anew."""

import argparse
import sys
from pathlib import Path

from pipelines.domain import OgiError
from tests.simulate.samples import write_samples


def main(arguments: list[str]) -> int:
    """0 when the samples are written, 2 when they could not be."""
    parser = argparse.ArgumentParser("python -m tests.simulate", description="Write samples.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the samples go")
    folder: Path = parser.parse_args(arguments).folder
    try:
        written = write_samples(folder)
    except (OgiError, OSError) as error:
        print(f"tests.simulate: {error}", file=sys.stderr)
        return 2
    print(f"{len(written)} reports below {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

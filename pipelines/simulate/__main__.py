"""`python -m pipelines.simulate data/samples` writes the samples anew."""

import sys
from pathlib import Path

from pipelines.domain import OgiError
from pipelines.simulate.samples import write_samples


def main(arguments: list[str]) -> int:
    """0 when the samples are written, 2 when they could not be."""
    if len(arguments) != 1:
        print("usage: python -m pipelines.simulate FOLDER", file=sys.stderr)
        return 2
    try:
        written = write_samples(Path(arguments[0]))
    except (OgiError, OSError) as error:
        print(f"pipelines.simulate: {error}", file=sys.stderr)
        return 2
    print(f"{len(written)} reports below {arguments[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

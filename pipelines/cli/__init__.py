"""The command line, the top of the house: a module for each group of commands. Each command imports
what it needs and no more."""

import sys
import traceback

from pipelines.domain import OgiError


def main() -> None:
    """The entry point: whatever a user can mend is one line on stderr and exit status 2."""
    from pipelines.cli.commands import app
    from pipelines.cli.terminal import complain

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except OgiError as error:
        complain(str(error))
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        complain(f"{error.filename}: {error.strerror}")
        sys.exit(2)
    except Exception:
        # A fault of ours; Python's own status 1 would say that a check has found an error.
        traceback.print_exc()
        sys.exit(2)

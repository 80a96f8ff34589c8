"""The command line, the top of the house: a module for each group of commands. Each command imports
what it needs and no more. This package imports next to nothing: signals are caught early."""

import sys

from pipelines.cli.exit_status import ending
from pipelines.cli.interrupts import catch_interrupts, ignore_interrupts, received_signal
from pipelines.cli.limits import require_threads
from pipelines.cli.streams import discard_output, open_streams


def main() -> None:
    """The entry point: run the command that the arguments name and end with its exit status.

    A command that cannot be done ends with one line on stderr and status 2, an interrupted one with
    the status that shells give to its signal.
    """
    open_streams()
    status = _run()
    ignore_interrupts()
    try:
        sys.stdout.flush()
    except OSError:
        discard_output()
    sys.exit(status)


def _run() -> int:
    try:
        catch_interrupts()
        require_threads()
        from pipelines.cli.commands import call

        status = call()
        # Here an error can still change the status; when the interpreter ends, it would be 120.
        sys.stdout.flush()
        return status
    except BaseException as error:
        ignore_interrupts()
        status, line = ending(error, received_signal())
        if line is None:
            import traceback

            traceback.print_exception(error)
        elif line:
            sys.stderr.write(" ".join(line.split()) + "\n")
        return status

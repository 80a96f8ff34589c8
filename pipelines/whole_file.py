"""Files that exist whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """The path to write to. What is written there gets the name `file` at the end of the block, and
    is removed where the block raises. A device or a pipe is written to directly.

    Raises:
        OSError: it cannot be written; the error names `file`.
    """
    target = file.resolve()
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    if is_direct := file.exists() and not file.is_file():
        partial = file
    try:
        yield partial
        if not is_direct:
            partial.replace(target)
    except OSError as error:
        if error.filename is None or str(error.filename) == str(partial):
            error.filename = str(file)
        raise
    finally:
        if not is_direct:
            partial.unlink(missing_ok=True)

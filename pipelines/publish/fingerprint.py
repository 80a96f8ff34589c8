"""What a release is made from, in one value: the same fingerprint, the same release."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

_MADE_BY_RUNNING = "__pycache__"


def fingerprint(
    documents: Iterable[tuple[str, str]], parser_version: str, folders: Sequence[Path]
) -> str:
    """64 hexadecimal digits over the documents (sha256 and address, in any order), the parser's
    version, and the name and bytes of every file below `folders` (code, SQL, reference data)."""
    total = hashlib.sha256(parser_version.encode())
    for sha256, address in sorted(documents):
        total.update(f"\n{sha256} {address}".encode())
    for folder in folders:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            if _MADE_BY_RUNNING in file.parts:
                continue
            total.update(f"\n{folder.name}/{file.relative_to(folder)} ".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()

"""What a release is made from, in one value: the same fingerprint, the same release."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

_MADE_BY_RUNNING = "__pycache__"


def fingerprint(inputs: str, parser_version: str, folders: Sequence[Path]) -> str:
    """64 hexadecimal digits over the digest of the inputs, the parser's version, and the name and
    bytes of every file below `folders` (code, SQL, reference data)."""
    total = hashlib.sha256(f"{parser_version}\n{inputs}".encode())
    for folder in folders:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            if _MADE_BY_RUNNING in file.parts:
                continue
            total.update(f"\n{folder.name}/{file.relative_to(folder)} ".encode())
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()

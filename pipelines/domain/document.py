"""A document: bytes with a name, before anything is thought of them."""

import hashlib
from dataclasses import dataclass


def sha256_of(content: bytes) -> str:
    """The key of a document: the SHA-256 of its bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one file or answer.

    `path` is what the user or the crawler called it and is for messages only;
    `media_type` is decided from the bytes, never from the name.
    """

    path: str
    content: bytes
    sha256: str
    media_type: str

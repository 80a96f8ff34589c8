"""ZIP archives: the documents in them, archives in archives too, nothing ever written to disk."""

import posixpath
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from pipelines.domain import Document, UnreadableDocument, sha256_of
from pipelines.read.containers import DOC, DOCX, OLE, RTF, XLS, XLSX, ZIP, inside
from pipelines.read.limits import LIMITS, Limits
from pipelines.read.media_type import HTML, PDF, TEXT, media_type_of
from pipelines.read.package import open_zip, unpack

ARCHIVE = "zip/1"

# A report is most likely in a file of the first kinds; of one report in two of them, the first is
# read the more surely.
_LIKELIHOOD = (DOCX, HTML, PDF, DOC, RTF, XLSX, XLS, TEXT)
_IN_ARCHIVE = " > "
_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075
_MADE_ON_UNIX = 3
_DRIVE = re.compile(r"[A-Za-z]:")
# What systems and programs leave in folders.
_LITTER = re.compile(
    r"(?:^|/)(?:__MACOSX/.*|\.[^/]*|Thumbs\.db|desktop\.ini|~\$[^/]*)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Entries:
    """The documents in an archive, the likeliest to be a report first, and what was passed over:
    name and reason."""

    documents: tuple[Document, ...]
    skipped: tuple[str, ...]


def entries_of(archive: Document, limits: Limits = LIMITS) -> Entries:
    """What is in the archive and in those in it.

    Raises:
        UnreadableDocument: it is damaged or a bomb, or has no document.
    """
    opened = _Opened(limits)
    opened.open(archive, 1)
    if not opened.documents:
        reasons = "; ".join(opened.skipped[:3]) or "it is empty"
        raise UnreadableDocument(f"the ZIP has no document that could be a report: {reasons}")
    return Entries(tuple(sorted(opened.documents, key=_likelihood)), tuple(opened.skipped))


def _likelihood(document: Document) -> tuple[int, int]:
    known = document.media_type in _LIKELIHOOD
    kind = _LIKELIHOOD.index(document.media_type) if known else len(_LIKELIHOOD)
    return kind, document.path.count(_IN_ARCHIVE)


@dataclass
class _Opened:
    """What all archives in one document gave, and how much it was."""

    limits: Limits
    documents: list[Document] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    entries: int = 0
    unpacked: int = 0

    def open(self, archive: Document, depth: int) -> None:
        with open_zip(archive.content, "the ZIP", self.limits) as opened:
            files = [info for info in opened.infolist() if not info.is_dir()]
            self.entries += len(files)
            if self.entries > self.limits.max_entries:
                raise _TooMuchError(f"the ZIP has more than {self.limits.max_entries} files")
            self._count(sum(info.file_size for info in files))
            for info in files:
                name = _name_of(info)
                if _LITTER.search(name):
                    continue
                try:
                    _check_name(name, info)
                    content = unpack(opened, info, "it", self.limits, self.limits.max_entry_bytes)
                    self._take(f"{archive.path}{_IN_ARCHIVE}{name}", content, depth)
                except _TooMuchError:
                    raise
                except UnreadableDocument as error:
                    self.skipped.append(f"{name}: {error}")

    def _count(self, size: int) -> None:
        self.unpacked += size
        if self.unpacked > self.limits.max_total_bytes:
            raise _TooMuchError(f"the ZIP unpacks to more than {self.limits.max_total_bytes} bytes")

    def _take(self, path: str, content: bytes, depth: int) -> None:
        media_type = media_type_of(content)
        if media_type in (ZIP, OLE):
            media_type = inside(content, media_type)
        document = Document(path, content, sha256_of(content), media_type)
        if media_type != ZIP:
            if all(document.sha256 != other.sha256 for other in self.documents):
                self.documents.append(document)
        elif depth < self.limits.max_depth:
            self.open(document, depth + 1)
        else:
            raise UnreadableDocument(f"archives are opened {self.limits.max_depth} deep, no deeper")


class _TooMuchError(UnreadableDocument):
    """The whole archive is refused, not an entry of it."""


def _check_name(name: str, info: zipfile.ZipInfo) -> None:
    """Refuse what is made to leave the archive, though nothing here would follow it.

    Raises:
        UnreadableDocument: the name leads out of the archive, or the entry is a link.
    """
    is_absolute = name.startswith("/") or _DRIVE.match(name) is not None
    if is_absolute or ".." in name.split("/") or posixpath.normpath(name) == ".":
        raise UnreadableDocument("its name leads out of the archive")
    if info.create_system == _MADE_ON_UNIX and stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableDocument("it is a link")


def _name_of(info: zipfile.ZipInfo) -> str:
    """The entry's name. Where the archive does not say that it is UTF-8, zipfile took it for code
    page 437; Chinese programs write GBK."""
    raw = info.orig_filename
    name = _unicode_path(info, raw)
    if name is None and not info.flag_bits & _UTF8_NAME:
        encoded = raw.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = encoded.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    name = (name or raw).replace("\\", "/").split("\0")[0]
    return "".join(c if c.isprintable() else "?" for c in name)


def _unicode_path(info: zipfile.ZipInfo, raw: str) -> str | None:
    """The name in UTF-8 that some programs add, if it belongs to this very name."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        value, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(value) > 5:
            checksum = struct.unpack("<L", value[1:5])[0]
            if checksum == zlib.crc32(raw.encode("cp437", "replace")):
                return value[5:].decode("utf-8", "replace")
    return None

"""ZIP containers opened with distrust: members are bounded before and while they are unpacked,
and XML is parsed without document types, entities and network."""

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from lxml import etree

from pipelines.domain import UnreadableDocument
from pipelines.read.limits import Limits

# Deflate is the only method that unpacks in bounded steps; the formats know no other.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRY_SIGNATURE = b"PK\x01\x02"
_ENCRYPTED = 0x1
_DOCTYPES = tuple("<!DOCTYPE".encode(e) for e in ("utf-8", "utf-16-le", "utf-16-be"))
_CHUNK = 1 << 18
# What zipfile, zlib and expat raise over damaged bytes.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError,
)  # fmt: skip

_PACKAGE_RELATIONSHIPS = "_rels/.rels"
_CORE = "docProps/core.xml"
_CORE_NAMES = ("title", "creator", "lastModifiedBy", "created", "modified")
_RELATIONSHIP_ID = tuple(
    f"{{{namespace}}}id"
    for namespace in (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
)


def open_zip(content: bytes, what: str, limits: Limits) -> zipfile.ZipFile:
    """The container of these bytes; `what` names it in messages.

    Raises:
        UnreadableDocument: it is damaged, truncated or has too many members.
    """
    if content.count(_ENTRY_SIGNATURE) > limits.max_members:
        raise UnreadableDocument(f"{what} has more than {limits.max_members} members")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise UnreadableDocument(f"{what} is damaged or truncated: {_line(error)}") from error


def unpack(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str, limits: Limits, most: int
) -> bytes:
    """The bytes of one member, `most` at the most.

    Raises:
        UnreadableDocument: it is encrypted, too large, packed too tightly, or damaged.
    """
    check_member(info, what, limits, most)
    try:
        with archive.open(info) as file:
            content = file.read(most + 1)
    except _DAMAGE as error:
        raise UnreadableDocument(f"{what} is damaged: {_line(error)}") from error
    if len(content) > most:
        raise UnreadableDocument(f"{what} is larger than {most} bytes")
    return content


def check_member(info: zipfile.ZipInfo, what: str, limits: Limits, most: int) -> None:
    """What the directory says of a member, before a byte of it is unpacked.

    Raises:
        UnreadableDocument: it is encrypted, too large, or packed too tightly or oddly.
    """
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableDocument(f"{what} is encrypted")
    if info.file_size > most:
        raise UnreadableDocument(f"{what} is larger than {most} bytes")
    tight = info.file_size > limits.max_ratio * max(info.compress_size, 1)
    if tight and info.file_size > limits.ratio_from_bytes:
        raise UnreadableDocument(
            f"{what} unpacks to more than {limits.max_ratio} times its size, as bombs do"
        )
    if info.compress_type not in _METHODS:
        raise UnreadableDocument(f"{what} is packed by method {info.compress_type}, not by deflate")


def parse_xml(content: bytes, what: str, limits: Limits) -> etree._Element:
    """The root of an XML part.

    Raises:
        UnreadableDocument: it is damaged, has a document type, or more markup than `limits` allow.
    """
    if any(doctype in content for doctype in _DOCTYPES):
        raise UnreadableDocument(f"{what} has a document type, as entity bombs do")
    if content.count(b"<") + content.count(b"=") > 2 * limits.max_markup:
        raise UnreadableDocument(f"{what} has more than {limits.max_markup} tags and attributes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableDocument(f"{what} is damaged: {_line(error)}") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableDocument(f"{what} has a document type, as entity bombs do")
    return root


class Package:
    """An Office Open XML file: parts, and the relationships between them."""

    def __init__(self, content: bytes, what: str, limits: Limits) -> None:
        """
        Raises:
            UnreadableDocument: the container is damaged, encrypted or too large.
        """
        self.what = what
        self.limits = limits
        self._archive = open_zip(content, what, limits)
        # Part names are compared without case; of two alike the first counts.
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in self._archive.infolist():
            self._members.setdefault(info.filename.lstrip("/").lower(), info)

    def has(self, name: str) -> bool:
        return name.lower() in self._members

    def content(self, name: str) -> bytes:
        """The bytes of a part.

        Raises:
            UnreadableDocument: it is missing, damaged or too large.
        """
        most = self.limits.max_part_bytes
        what = self._called(name)
        return unpack(self._archive, self._member(name), what, self.limits, most)

    def part(self, name: str) -> etree._Element:
        """The root of a part.

        Raises:
            UnreadableDocument: it is missing, damaged or too large.
        """
        return self.parsed(name, self.content(name))

    def parsed(self, name: str, content: bytes) -> etree._Element:
        """The root of a part that has been unpacked.

        Raises:
            UnreadableDocument: it is damaged.
        """
        return parse_xml(content, self._called(name), self.limits)

    def stream(self, name: str, feed: Callable[[bytes], None], close: Callable[[], None]) -> None:
        """Give a part to `feed` piece by piece, so that it is never held as a whole, then `close`.

        Raises:
            UnreadableDocument: it is missing, damaged or too large.
        """
        what = self._called(name)
        info, most = self._member(name), self.limits.max_streamed_bytes
        check_member(info, what, self.limits, most)
        try:
            with self._archive.open(info) as file:
                while piece := file.read(_CHUNK):
                    feed(piece)
            close()
        except (*_DAMAGE, expat.ExpatError) as error:
            raise UnreadableDocument(f"{what} is damaged: {_line(error)}") from error

    def main_part(self, usual: str) -> str:
        """The name of the part that the whole package is about."""
        if self.has(_PACKAGE_RELATIONSHIPS):
            for kind, target, _ in self._relationships(_PACKAGE_RELATIONSHIPS):
                if kind.endswith("/officeDocument"):
                    name = posixpath.normpath(target.lstrip("/"))
                    return name if self.has(name) else usual
        return usual

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that `part` relates to: identifier → kind and name."""
        folder, _, name = part.rpartition("/")
        relationships = f"{folder}/_rels/{name}.rels".lstrip("/")
        if not self.has(relationships):
            return {}
        return {
            identifier: (kind.rpartition("/")[2], _resolved(folder, target))
            for kind, target, identifier in self._relationships(relationships)
        }

    def properties(self) -> dict[str, str]:
        """What the file says of itself. The names begin with `core:`: a title there is often that
        of the file which was copied to begin with, last year's, so it is not taken for one."""
        if not self.has(_CORE):
            return {}
        found: dict[str, str] = {}
        for element in self.part(_CORE):
            name = etree.QName(element).localname
            text = (element.text or "").strip()
            if name in _CORE_NAMES and text:
                found.setdefault(f"core:{name.lower()}", text)
        return found

    def _called(self, name: str) -> str:
        return f"{self.what}, part {name}"

    def _member(self, name: str) -> zipfile.ZipInfo:
        info = self._members.get(name.lower())
        if info is None:
            raise UnreadableDocument(f"{self.what} has no part {name}")
        return info

    def _relationships(self, name: str) -> Iterator[tuple[str, str, str]]:
        for element in self.part(name):
            if element.get("TargetMode") != "External":
                yield element.get("Type", ""), element.get("Target", ""), element.get("Id", "")


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(folder, target))


def relationship_of(element: etree._Element) -> str | None:
    """The relationship that an element names by its r:id."""
    found = (element.get(name) for name in _RELATIONSHIP_ID)
    return next((identifier for identifier in found if identifier is not None), None)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__

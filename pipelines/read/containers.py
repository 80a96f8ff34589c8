"""What a ZIP or OLE container holds, told from what is inside."""

import contextlib
import io
import zipfile
from collections.abc import Iterator

import olefile

from pipelines.domain import UnreadableDocument
from pipelines.read.limits import LIMITS
from pipelines.read.package import open_zip

ZIP = "application/zip"
OLE = "application/x-ole-storage"
RTF = "application/rtf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
OFD = "application/ofd"

_EMPTY_ZIP = b"PK\x05\x06"
_CONTENT_TYPES = "[content_types].xml"
_MIME_OF_ODF = "mimetype"
_MAX_MIME = 200


def inside(content: bytes, container: str) -> str:
    """The media type of what a container (ZIP or OLE) holds; a ZIP of plain files is a ZIP.

    Raises:
        UnreadableDocument: it is damaged, encrypted, or holds nothing that is known.
    """
    if container == ZIP:
        return _inside_zip(content)
    return _inside_ole(content) if container == OLE else container


def _inside_zip(content: bytes) -> str:
    with open_zip(content, "the ZIP", LIMITS) as archive:
        names = [info.filename.lstrip("/").lower() for info in archive.infolist()]
        if _CONTENT_TYPES in names:
            return _inside_package(names)
        if names and names[0] == _MIME_OF_ODF:
            return _mime_of(archive) or ZIP
        return OFD if "ofd.xml" in names else ZIP


def _inside_package(names: list[str]) -> str:
    if "xl/workbook.bin" in names:
        return XLSB
    folders = {name.partition("/")[0] for name in names if "/" in name}
    kinds = (("word", DOCX), ("xl", XLSX), ("ppt", PPTX))
    return next((media_type for folder, media_type in kinds if folder in folders), ZIP)


def _mime_of(archive: zipfile.ZipFile) -> str | None:
    info = archive.infolist()[0]
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > _MAX_MIME:
        return None
    try:
        mime = archive.read(info).decode("ascii").strip()
    except (zipfile.BadZipFile, RuntimeError, UnicodeDecodeError, EOFError, OSError):
        return None
    return mime if mime.startswith("application/vnd.oasis.opendocument.") else None


def _inside_ole(content: bytes) -> str:
    with open_ole(content, "the OLE file") as ole:
        names = {entry[0].lower() for entry in ole.listdir(streams=True, storages=True)}
    if "encryptedpackage" in names:
        raise UnreadableDocument("the document is encrypted: it asks for a password")
    if "worddocument" in names:
        return DOC
    if names & {"workbook", "book"}:
        return XLS
    held = ", ".join(sorted(names)[:5]).encode("ascii", "replace").decode() or "nothing"
    raise UnreadableDocument(f"the OLE file is neither a text nor a workbook; it holds {held}")


@contextlib.contextmanager
def open_ole(content: bytes, what: str) -> Iterator["olefile.OleFileIO[str]"]:
    """The OLE file of these bytes; `what` names it in messages.

    Raises:
        UnreadableDocument: it is damaged or truncated, found at once or while it is open.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            yield ole
    except UnreadableDocument:
        raise
    except Exception as error:  # olefile raises whatever its parser meets
        cause = " ".join(str(error).split()) or type(error).__name__
        raise UnreadableDocument(f"{what} is damaged or truncated: {cause}") from error


def whole_stream(ole: "olefile.OleFileIO[str]", name: str, most: int) -> bytes:
    """A stream of an OLE file that is no longer than `most` bytes, the file itself.

    Raises:
        UnreadableDocument: it is longer, as one that goes in circles is, or incomplete.
    """
    size = ole.get_size(name)
    if size > most:
        raise UnreadableDocument(f"stream {name} is longer than the file that it is in")
    content: bytes = ole.openstream(name).read()
    if len(content) != size:
        raise UnreadableDocument(f"stream {name} is truncated")
    return content

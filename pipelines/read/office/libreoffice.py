"""DOC, WPS and RTF through LibreOffice, which makes DOCX of them.

LibreOffice takes a second to start and a tenth of one for a file, so files go to it in batches:
inside `using(convert(documents))` the reader finds what was made of them, outside it converts one
by one. Every run has a profile of its own, no network, no macros, a limit on
time and memory, and files under names of ours.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pipelines.domain import Document, MissingSoftware, Reading, UnreadableDocument, sha256_of
from pipelines.read.containers import DOC, DOCX, RTF, open_ole, whole_stream
from pipelines.read.limits import LIMITS, Limits
from pipelines.read.office.docx import read_docx

PROGRAM = "soffice"
DEBIAN_PACKAGE = "libreoffice-writer-nogui"
OFFICE_TYPES = (DOC, RTF)
OFFICE_SIGNATURES = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")

_NAME = "libreoffice"
# The filters that LibreOffice is told to use: left to guess, it takes rubbish for plain text.
_WORD, _WORD_95, _RICH_TEXT = "MS Word 97", "MS Word 95", "Rich Text Format"
_SUFFIX = {_WORD: "doc", _WORD_95: "doc", _RICH_TEXT: "rtf"}
_TARGET = "docx:MS Word 2007 XML"
_FIRST_FORMAT_OF_97 = 0x00C1
_ENCRYPTED = 0x0100
_POLL = 0.05
_VERSION_SECONDS = 30

_NOWHERE = "127.0.0.1"
# What every profile begins with: no macros, and nothing fetched that a document only names.
_OPTIONS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    # Linked pictures are fetched all the same: through a proxy that is not there.
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", _NOWHERE),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", _NOWHERE),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
    ("Inet/Settings", "ooInetNoProxy", ""),
)
_CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>
"""
_ITEM = (
    '<item oor:path="/org.openoffice.{path}">'
    '<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
)

Converted = dict[str, bytes | UnreadableDocument]
"""The DOCX made of each document, or why there is none, by its sha256."""

_converted: ContextVar[Converted | None] = ContextVar("_converted", default=None)


def read_office(document: Document, limits: Limits = LIMITS) -> Reading:
    """The reading of a DOC, WPS or RTF; places are table, row and cell.

    Raises:
        UnreadableDocument: LibreOffice is missing, or the document is damaged, truncated, encrypted
            or takes too long.
    """
    converted = (_converted.get() or {}).get(document.sha256)
    if converted is None:
        converted = convert([document], limits)[document.sha256]
    if isinstance(converted, UnreadableDocument):
        raise converted
    made = Document(document.path, converted, sha256_of(converted), DOCX)
    reading = read_docx(made, limits)
    return replace(reading, read_by=f"{_NAME}/{office_version()}+{reading.read_by}")


@contextlib.contextmanager
def using(converted: Converted) -> Iterator[None]:
    """Inside, `read_office` finds these documents converted."""
    token = _converted.set(converted)
    try:
        yield
    finally:
        _converted.reset(token)


def convert(documents: Iterable[Document], limits: Limits = LIMITS) -> Converted:
    """What LibreOffice makes of the documents; those that it is not needed for are passed over."""
    done: Converted = {}
    groups: dict[str, list[Document]] = {}
    for document in {d.sha256: d for d in documents if d.media_type in OFFICE_TYPES}.values():
        try:
            office()
            groups.setdefault(_filter_of(document), []).append(document)
        except UnreadableDocument as error:
            done[document.sha256] = error
    for filter_, group in groups.items():
        done |= _convert_group(group, filter_, limits)
    return done


def office() -> str:
    """The file of LibreOffice's program.

    Raises:
        MissingSoftware: it is not; the message names the Debian package.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise MissingSoftware(
            f"DOC, WPS and RTF are read through LibreOffice, which is not installed: "
            f"install the Debian package {DEBIAN_PACKAGE}"
        )
    return program


def office_version() -> str:
    """The version of LibreOffice, asked once a process.

    Raises:
        UnreadableDocument: it is not installed, or does not say.
    """
    return _version_of(office())


@lru_cache(maxsize=2)
def _version_of(program: str) -> str:
    with tempfile.TemporaryDirectory(prefix="ogi-office-", ignore_cleanup_errors=True) as folder:
        try:
            said = subprocess.run(  # noqa: S603 - the program is found by its name
                [program, "--version"],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                env=_environment(Path(folder)),
                timeout=_VERSION_SECONDS,
                check=False,
            ).stdout.decode("utf-8", "replace")
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UnreadableDocument(f"LibreOffice does not start: {error}") from error
    version = re.search(r"\d+(?:\.\d+)+", said)
    if version is None:
        raise UnreadableDocument("LibreOffice does not say its version")
    return version.group()


# -- before LibreOffice sees it ---------------------------------------------------------------


def _filter_of(document: Document) -> str:
    """The filter that reads the document, if it is whole.

    Raises:
        UnreadableDocument: it is encrypted, damaged or truncated.
    """
    if document.media_type == RTF:
        if not document.content.rstrip(b"\0\r\n\t ").endswith(b"}"):
            raise UnreadableDocument("the RTF is truncated: its last group is not closed")
        return _RICH_TEXT
    most = len(document.content)
    with open_ole(document.content, "the DOC") as ole:
        head = whole_stream(ole, "WordDocument", most)[:12]
        for name in ("0Table", "1Table", "Data"):
            if ole.exists(name):
                whole_stream(ole, name, most)
    if int.from_bytes(head[10:12], "little") & _ENCRYPTED:
        raise UnreadableDocument("the DOC is encrypted: it asks for a password")
    old = int.from_bytes(head[2:4], "little") < _FIRST_FORMAT_OF_97
    return _WORD_95 if old else _WORD


# -- LibreOffice ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """What one start of LibreOffice gave: by sha256 the documents made, and whether it came to its
    end by itself."""

    made: dict[str, bytes]
    ended: bool


def _convert_group(group: Sequence[Document], filter_: str, limits: Limits) -> Converted:
    """All in one run. One that stops the run is taken out and the run begun again behind it; each
    that gave nothing is tried once more alone."""
    done: Converted = {}
    alone: list[Document] = []
    waiting = list(group)
    while waiting:
        run = _run(waiting, filter_, limits)
        done |= run.made
        left = [d for d in waiting if d.sha256 not in run.made]
        if len(waiting) == 1 and left:
            done[left[0].sha256] = _reason(run, limits)
            break
        failed, waiting = (left, []) if run.ended else (left[:1], left[1:])
        alone += failed
    for document in alone:
        run = _run([document], filter_, limits)
        done[document.sha256] = run.made.get(document.sha256) or _reason(run, limits)
    return done


def _reason(run: _Run, limits: Limits) -> UnreadableDocument:
    if run.ended:
        return UnreadableDocument("LibreOffice cannot load the document: it is damaged")
    seconds = limits.office_start_seconds
    return UnreadableDocument(
        f"LibreOffice broke down or took longer than {seconds:g} s over the document"
    )


def _run(documents: Sequence[Document], filter_: str, limits: Limits) -> _Run:
    with tempfile.TemporaryDirectory(prefix="ogi-office-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        made = folder / "made"
        profile = folder / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_configuration(), "utf-8")
        files: dict[str, Path] = {}
        for number, document in enumerate(documents, 1):
            file = folder / f"{number:06}.{_SUFFIX[filter_]}"
            file.write_bytes(document.content)
            files[document.sha256] = file
        ended = _start(folder, list(files.values()), filter_, limits)
        results: dict[str, bytes] = {}
        for sha256, file in files.items():
            result = made / f"{file.stem}.docx"
            # A run that was stopped may leave half a file.
            if result.is_file() and zipfile.is_zipfile(result):
                results[sha256] = result.read_bytes()
        return _Run(results, ended)


def _start(folder: Path, files: Sequence[Path], filter_: str, limits: Limits) -> bool:
    """Run LibreOffice over the files; whether it ended by itself. It is stopped, with all that it
    started, when a file takes too long."""
    # `timeout` stops it even where this process is gone before.
    most = limits.office_start_seconds + limits.office_seconds_each * len(files)
    limited = (
        f"ulimit -v {limits.office_memory_bytes // 1024};"
        f' ulimit -f {limits.office_output_bytes // 512}; exec "$@"'
    )
    command = [
        "timeout", "--signal=KILL", f"{most:g}", "/bin/sh", "-c", limited, "sh",
        office(), f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo",
        f"--infilter={filter_}", "--convert-to", _TARGET, "--outdir", str(folder / "made"),
        *map(str, files),
    ]  # fmt: skip
    process = subprocess.Popen(  # noqa: S603 - the program is found by name, the files are ours
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        return _watch(process, folder / "made", limits)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _watch(process: "subprocess.Popen[bytes]", made: Path, limits: Limits) -> bool:
    """Wait as long as files come out; whether the process ended well."""
    seen = 0
    deadline = time.monotonic() + limits.office_start_seconds
    while True:
        try:
            return process.wait(timeout=_POLL) == 0
        except subprocess.TimeoutExpired:
            now = time.monotonic()
            count = sum(1 for _ in made.iterdir()) if made.is_dir() else 0
            if count > seen:
                seen, deadline = count, now + limits.office_seconds_each
            if now > deadline:
                return False


def _configuration() -> str:
    items = (_ITEM.format(path=path, name=name, value=value) for path, name, value in _OPTIONS)
    return _CONFIGURATION.format(items="".join(items))


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's but where programs are."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }

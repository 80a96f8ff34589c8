"""Documents as programs make them: LibreOffice many in one run, Chromium page by page."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

OFFICE = "soffice"
BROWSER = "chromium"
FROM_HTML = "HTML (StarWriter)"
FROM_DOCX = "MS Word 2007 XML"
TO_PDF = "pdf:writer_pdf_Export"
TO_DOC = "doc:MS Word 97"
TO_RTF = "rtf:Rich Text Format"

_START_SECONDS = 60
_SECONDS_EACH = 10
_BROWSER_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")


class NotInstalledError(Exception):
    """Something that is needed is not installed; the message names it."""


def converted(contents: Sequence[bytes], from_filter: str, target: str) -> list[bytes]:
    """What LibreOffice makes of each document, in order; all in one run.

    Raises:
        NotInstalledError: there is no LibreOffice.
    """
    program = _found(OFFICE)
    suffix = target.partition(":")[0]
    with tempfile.TemporaryDirectory(prefix="bench-office-") as name:
        folder = Path(name)
        files = [folder / f"{number:04}.in" for number in range(len(contents))]
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        how = ["--headless", f"--infilter={from_filter}", "--convert-to", target]
        _run(
            [program, profile, *how, "--outdir", str(folder), *map(str, files)],
            _START_SECONDS + _SECONDS_EACH * len(files),
        )
        return [file.with_suffix(f".{suffix}").read_bytes() for file in files]


def browsed(pages: Sequence[bytes]) -> list[bytes]:
    """Each web page as Chromium prints it to PDF.

    Raises:
        NotInstalledError: there is no Chromium.
    """
    program = _found(BROWSER)
    printed = []
    with tempfile.TemporaryDirectory(prefix="bench-browser-") as name:
        page, pdf = Path(name) / "page.html", Path(name) / "page.pdf"
        profile = f"--user-data-dir={Path(name) / 'profile'}"
        for content in pages:
            page.write_bytes(content)
            command = [program, *_BROWSER_FLAGS, profile, f"--print-to-pdf={pdf}", page.as_uri()]
            _run(command, _START_SECONDS)
            printed.append(pdf.read_bytes())
            pdf.unlink()
    return printed


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise NotInstalledError(f"{program} is not installed")
    return path


def _run(command: Sequence[str], seconds: float) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=seconds)

"""What DOCX and XLSX have in common: a package of XML parts that relate to one another."""

import io
import zipfile
from collections.abc import Sequence
from html import escape

from tests.simulate.report import SimulatedReport

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)


def pack(parts: dict[str, str]) -> bytes:
    """A package of these XML parts, with no time in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            info = zipfile.ZipInfo(name, _BEGINNING_OF_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (_XML + xml).encode())
    return buffer.getvalue()


def content_types(parts: dict[str, str]) -> str:
    """The content type of each part, named without what they have in common."""
    overrides = "".join(
        f'<Override PartName="{name}"'
        f' ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>'
        for name, kind in parts.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f"{overrides}"
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def relationships(targets: Sequence[tuple[str, str]], office: str = OFFICE) -> str:
    """Kinds and targets, named rId1, rId2 and so on."""
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def package_relationships(main: str, office: str = OFFICE) -> str:
    """Which part is the document, and which the properties."""
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="{main}"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>'
    )


def core_properties(report: SimulatedReport) -> str:
    """Title and author, and when the file was last saved."""
    saved = f"{report.published_on}T08:00:00Z"
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(report.title)}</dc:title>"
        f"<dc:creator>{escape(report.agency_name)}</dc:creator>"
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{saved}</dcterms:modified>'
        "</cp:coreProperties>"
    )

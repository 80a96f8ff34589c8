"""How much of a packed document is unpacked, and how long a converter may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The defaults are far above what reports need and far below what a machine feels."""

    # ZIP archives of documents
    max_entries: int = 200
    max_entry_bytes: int = 100_000_000
    max_total_bytes: int = 200_000_000  # of all entries, those of nested archives too
    max_depth: int = 3  # archives in archives, the outermost counted

    # every ZIP container: archives, DOCX, XLSX
    max_members: int = 10_000
    max_ratio: int = 300  # unpacked to packed, of an entry above `ratio_from_bytes`
    ratio_from_bytes: int = 2_000_000

    # parts of DOCX and XLSX
    max_part_bytes: int = 48_000_000  # held as a tree
    max_markup: int = 3_000_000  # tags and attributes of a part that is held as a tree
    max_streamed_bytes: int = 200_000_000  # a sheet, which is streamed
    max_cells: int = 200_000  # of a document
    max_workbook_bytes: int = 20_000_000  # XLS, which is held as a whole

    # LibreOffice
    office_start_seconds: float = 45.0
    office_seconds_each: float = 10.0
    office_memory_bytes: int = 4_000_000_000  # address space
    office_output_bytes: int = 200_000_000


LIMITS = Limits()

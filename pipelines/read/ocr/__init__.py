"""What pictures show: scanned PDFs, picture files, pages whose tables are pictures. An extra."""

from pipelines.read.ocr.gate import has_usable_text
from pipelines.read.ocr.pictures import read_page_with_pictures, read_pictures
from pipelines.read.ocr.scans import read_picture, read_scan

__all__ = [
    "has_usable_text",
    "read_page_with_pictures",
    "read_picture",
    "read_pictures",
    "read_scan",
]

"""Whether a PDF's own text says what is to be seen in it: only where it does not, OCR is asked."""

import pypdfium2 as pdfium  # type: ignore[import-untyped,unused-ignore]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped,unused-ignore]

from pipelines.domain import Document, UnreadableDocument
from pipelines.forms import load_forms
from pipelines.read.pdf.seen import check_text
from pipelines.read.pdf.words import words_of

# Prose names a few of the forms' words, a table dozens.
_MIN_KEYWORDS = 6
_PICTURE_SHARE = 0.4  # of a page: more than a photograph takes
_MAX_TEXT = 40  # characters on a page that is a picture: its number, a line of a scanner


def has_usable_text(document: Document) -> bool:
    """Whether a PDF is to be read by its text: it is drawn, in Chinese, and names the words of the
    statutory tables, or else no page is a picture that could show them. A PDF of some pages as
    text and tables as pictures has none."""
    try:
        check_text(document)
        pdf = pdfium.PdfDocument(document.content)
    except (UnreadableDocument, pdfium.PdfiumError):
        return False
    try:
        texts = [_text(page) for page in pdf]
        said = "".join(texts)
        if sum(word in said for word in words_of(load_forms()).keywords) >= _MIN_KEYWORDS:
            return True
        return not any(
            len(text) < _MAX_TEXT and _is_picture(pdf[index]) for index, text in enumerate(texts)
        )
    except pdfium.PdfiumError:
        return False
    finally:
        pdf.close()


def _text(page: pdfium.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return "".join(str(text.get_text_bounded()).split())
    finally:
        text.close()


def _is_picture(page: pdfium.PdfPage) -> bool:
    width, height = page.get_size()
    for held in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = held.get_bounds()
        if (right - left) * (top - bottom) > _PICTURE_SHARE * width * height:
            return True
    return False

"""What pages of government websites have in common, whatever system makes them."""

import re

FILE_ENDINGS = frozenset(
    {
        *("pdf", "doc", "docx", "wps", "wpt", "rtf", "xls", "xlsx", "et", "csv", "txt"),
        *("zip", "rar", "7z", "ofd", "tif", "tiff"),
    }
)
PICTURE_ENDINGS = frozenset({"jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff"})
# Files that a script of the page itself draws.
DRAWN_ENDINGS = frozenset({"pdf", "ofd", "doc", "docx", "wps", "xls", "xlsx"})
# Addresses that hand out a file without its ending.
DOWNLOADS = re.compile(
    r"/module/download/|/downfile\.jsp\?|[/?&]download(?:file)?[./?=]|/attachment/|/attachdown",
    re.IGNORECASE,
)
# Paths of pages that show a file, and the parameters that name it.
VIEWERS = re.compile(r"viewer|preview|pdfjs|/op/view\.aspx", re.IGNORECASE)
VIEWER_PARAMETERS = frozenset(
    {"file", "filename", "filepath", "fileurl", "path", "pdf", "src", "url"}
)
# The elements of an article; in the order in which they are the surer.
ARTICLES = (
    "#UCAP-CONTENT",
    ".trs_editor_view",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    "#zoom",
    '[itemprop="articleBody" i]',
    ".article",
    "article",
)

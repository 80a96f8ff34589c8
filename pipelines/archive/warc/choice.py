"""Which answers in a WARC may be documents, and what is wrong with the others."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

_OK = 200
_KINDS = {"font": "a font", "audio": "audio", "video": "video"}
_TYPES = {
    "text/css": "a style sheet",
    "text/javascript": "a script",
    "application/javascript": "a script",
    "application/x-javascript": "a script",
    "application/ecmascript": "a script",
    "application/vnd.ms-fontobject": "a font",
    "application/x-shockwave-flash": "video",
}
_ENDINGS = {
    "a style sheet": (".css",),
    "a script": (".js", ".mjs"),
    "a font": (".woff", ".woff2", ".ttf", ".otf", ".eot"),
    "audio": (".mp3", ".wav", ".m4a", ".ogg"),
    "video": (".mp4", ".webm", ".avi", ".flv", ".wmv", ".mov", ".swf", ".m3u8"),
}
_BY_ENDING = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
# Servers say these of anything.
_OF_ANYTHING = {"", "application/octet-stream", "binary/octet-stream", "text/plain"}
_SCHEMES = {"http", "https", "ftp", "file"}
_MOST_NAME = 200


def reason_against(uri: str, status: int | None, headers: Mapping[str, str]) -> str | None:
    """Why an answer is no document, by what is known before its body is read; None where it may be
    one. `status` is None where nothing was asked over HTTP."""
    if (scheme := uri.partition(":")[0].lower()) not in _SCHEMES:
        return f"not a document's address ({scheme}:)"
    if status not in (None, _OK):
        return f"status {status}"
    path = path_of(uri)
    if path == "/robots.txt":
        return "robots.txt"
    return _kind_of(headers.get("content-type", "").partition(";")[0].strip().lower(), path)


def _kind_of(media_type: str, path: str) -> str | None:
    kind, _, subtype = media_type.partition("/")
    if kind in _KINDS:
        return _KINDS[kind]
    if media_type in _TYPES:
        return _TYPES[media_type]
    if kind == "application" and subtype.removeprefix("x-").startswith("font"):
        return "a font"
    if media_type in _OF_ANYTHING:
        return _BY_ENDING.get(PurePosixPath(path).suffix.lower())
    return None


def path_of(uri: str) -> str:
    """The path of a URL; empty where it is none."""
    try:
        return urlsplit(uri).path
    except ValueError:
        return ""


def name_of(uri: str) -> str:
    """What people may call what lies there: the last part of its path, else its host. For reading,
    never a file's name."""
    name = unquote(path_of(uri).rstrip("/").rpartition("/")[2])
    if not name:
        name = uri.partition("://")[2].partition("/")[0]
    return "".join(c for c in name if c.isprintable())[:_MOST_NAME]

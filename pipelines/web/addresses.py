"""Addresses as pages write them."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

MAX_ADDRESS = 2000
_MAX_PARAMETERS = 50
_KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._"
_KEPT_IN_QUERY = _KEPT_IN_PATH + "?[]|"
_SCHEMES = ("http", "https")
_WHITE = re.compile(r"[\x00-\x20\x7f\u00a0\u200b\ufeff]+")
_HOST = re.compile(r"(?:[a-z0-9_.\-]+|\[[0-9a-f:.]+\])(?::\d{0,5})?")
_FILE_ENDING = re.compile(r"\.([a-z0-9]{1,5})(?:;[^/]*)?$", re.IGNORECASE)


def absolute(written: str, base: str, encoding: str = "utf-8") -> str | None:
    """The address that a page at `base` means, without fragment, in ASCII; None where it means
    no other page (a script, mail, a mark on the page) or makes no sense. As browsers do, a path
    is written in UTF-8, a query in the encoding of the page."""
    plain = _WHITE.sub("", written[:1]) + written[1:]
    plain = "".join(c for c in plain.strip() if c not in "\t\r\n\0").replace("\\", "/")
    if not plain or plain.startswith("#") or len(plain) > MAX_ADDRESS:
        return None
    try:
        parts = urlsplit(urljoin(base, plain))
        if parts.scheme.lower() not in _SCHEMES or not parts.hostname:
            return None
        path = quote(parts.path.encode("utf-8", "replace"), safe=_KEPT_IN_PATH) or "/"
        query = quote(parts.query.encode(encoding, "replace"), safe=_KEPT_IN_QUERY)
        scheme, host = parts.scheme.lower(), _host(parts)
    except ValueError:
        return None
    address = urlunsplit((scheme, host, path, query, ""))
    return address if len(address) <= MAX_ADDRESS else None


def file_ending(address: str) -> str:
    """How the name of the file ends, lower case without the dot; "" for none."""
    try:
        ending = _FILE_ENDING.search(urlsplit(address).path)
    except ValueError:
        return ""
    return ending[1].lower() if ending else ""


def parameters_of(address: str) -> list[tuple[str, str]]:
    """Names and values of the query; none where it makes no sense or has more than anyone needs."""
    try:
        return parse_qsl(urlsplit(address).query, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return []


def _host(parts: SplitResult) -> str:
    """Host and port in ASCII; a user and a password stay, and are refused later.

    Raises:
        ValueError: no host is written so.
    """
    user, at, host = parts.netloc.rpartition("@")
    plain = host.lower() if host.isascii() else host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(plain):
        raise ValueError(f"{host!r} is no host")
    return f"{quote(user, safe=':%')}{at}{plain}"

"""What the crawl will not touch: other schemes than http, private addresses, too much of anything.

The address is judged as written before it is asked for, and what its host resolves to before a
connection is made; both again at each redirect.
"""

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.web.addresses import MAX_ADDRESS

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?", re.IGNORECASE)
_SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
_PRIVATE = tuple(
    ipaddress.IPv4Network(text)
    for text in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_PRIVATE_6 = tuple(ipaddress.IPv6Network(text) for text in ("::1/128", "fc00::/7", "fe80::/10"))
# Ports that a browser refuses stand below; websites do not.
_LOW_PORTS = frozenset({80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 443, 591, 800, 808, 880, 888})
_FIRST_FREE_PORT = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the crawl takes: bytes of one page of a listing, of one document and of a site;
    requests and pages of one listing; redirects in a row; clicks from a start page; seconds for
    one answer and for a site in one night."""

    page_bytes: int = 5_000_000
    document_bytes: int = 100_000_000
    site_bytes: int = 2_000_000_000
    site_requests: int = 5_000
    listing_pages: int = 200
    redirects: int = 10
    depth: int = 4
    answer_seconds: float = 120
    site_seconds: float = 4 * 3600


def refused_address(address: str, private_hosts: Sequence[str] = ()) -> str | None:
    """Why an address may not be asked for, one line; None where nothing in it speaks against it.

    A name says nothing of where it leads: see `refused_host`.
    """
    if (reason := _refused_writing(address)) is not None:
        return reason
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "not an address"
    if parts.scheme.lower() not in {"http", "https"}:
        return f"neither http nor https: {parts.scheme or 'no scheme'}"
    if "@" in parts.netloc:
        return "a user or a password in it"
    if port is not None and port < _FIRST_FREE_PORT and port not in _LOW_PORTS:
        return f"port {port} is that of another service"
    return _refused_host_name(host, private_hosts) if host else "no host"


def refused_host(
    host: str, resolved: Iterable[str], private_hosts: Sequence[str] = ()
) -> str | None:
    """Why a host may not be connected to, given everything that it resolves to; None where all
    of that is public, or the source allows it."""
    addresses = list(resolved)
    if not addresses:
        return f"{host} resolves to nothing"
    for address in addresses:
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return f"{host} resolves to {address}, which is no address"
        if not is_public(ip) and not _is_allowed(host, ip, private_hosts):
            return f"{host} is at {ip}, which is not public"
    return None


def is_public(ip: Ip) -> bool:
    """Whether an address is one of the open internet. An IPv6 address that holds an IPv4 one is
    not, but for 6to4, where the inner one counts."""
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return True
    return ip not in _SITE_LOCAL and (ip.sixtofour is None or is_public(ip.sixtofour))


def ip_of(host: str) -> Ip | None:
    """The address that a host is, in any form that a resolver takes: dotted, one number, octal,
    hexadecimal, fewer than four parts; None for a name.

    Raises:
        ValueError: it ends like a number and is no address.
    """
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").strip("[]").rstrip(".")
    if ":" in plain:
        return ipaddress.IPv6Address(plain.partition("%")[0])
    parts = plain.split(".")
    if not _NUMBER.fullmatch(parts[-1]):
        return None
    numbers = [_number(part) for part in parts]
    if len(numbers) > 4 or any(n > 255 for n in numbers[:-1]):
        raise ValueError(f"{host} is no address")
    last = 256 ** (5 - len(numbers))
    if numbers[-1] >= last:
        raise ValueError(f"{host} is no address")
    value = sum(n << (24 - 8 * i) for i, n in enumerate(numbers[:-1])) + numbers[-1]
    return ipaddress.IPv4Address(value)


def private_network(text: str) -> Network | None:
    """A network or address that lies in a private one as a whole; None for anything else."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return None
    if isinstance(network, ipaddress.IPv4Network):
        return network if any(network.subnet_of(whole) for whole in _PRIVATE) else None
    return network if any(network.subnet_of(whole) for whole in _PRIVATE_6) else None


def file_name(address: str) -> str:
    """The name under which an answer may lie on disk: nothing that came from the network."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def _refused_writing(address: str) -> str | None:
    if len(address) > MAX_ADDRESS:
        return f"longer than {MAX_ADDRESS} characters"
    if any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf"} or c == "\\" for c in address):
        return "a space, control character or backslash in it"
    return None


def _refused_host_name(host: str, private_hosts: Sequence[str]) -> str | None:
    try:
        ip = ip_of(host)
    except ValueError:
        return f"{host} is no host"
    if ip is not None:
        return refused_host(host, [str(ip)], private_hosts)
    plain = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".").lower()
    try:
        labels = plain.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return f"{host} is no host"
    if not all(_LABEL.fullmatch(label) for label in labels):
        return f"{host} is no host"
    is_local = len(labels) == 1 or labels[-1] in {"localhost", "local", "internal", "localdomain"}
    if is_local and plain not in private_hosts:
        return f"{host} is a name of a private network"
    return None


def _is_allowed(host: str, ip: Ip, private_hosts: Sequence[str]) -> bool:
    plain = host.strip("[]").rstrip(".").lower()
    for allowed in private_hosts:
        network = private_network(allowed)
        if network is None:
            if plain == allowed.lower():
                return True
        elif ip.version == network.version and ip in network:
            return True
    return False


def _number(part: str) -> int:
    if not _NUMBER.fullmatch(part) or len(part) > 20:
        raise ValueError(f"{part!r} is no number")
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    return int(part, 8 if len(part) > 1 and part.startswith("0") else 10)

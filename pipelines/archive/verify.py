"""Whether the archive still holds what it says: every sum again."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from pipelines.archive.manifest import MANIFEST, MANIFEST_SCHEMA, SIGHTINGS, SIGHTINGS_SCHEMA
from pipelines.archive.objects import OBJECTS, digest, object_address, object_name
from pipelines.archive.shards import SHARD_ENDING, UnreadableShard, parse_shard
from pipelines.archive.storage import PARTIAL, Archive

_SHARD_AGAIN = "bring it back from a copy; or move it away and take in again what it told of"
_SUM = re.compile(r"[0-9a-f]{64}")


class FaultKind(StrEnum):
    """What can be wrong with a file of the archive."""

    MISSING = "missing"
    WRONG_SUM = "wrong_sum"
    UNREADABLE = "unreadable"
    STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at which address, and what mends it."""

    kind: FaultKind
    address: str
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at: `objects` with all their `bytes`, `rows` of the manifest and
    `sightings`. `unnamed` are the addresses of whole objects that no row names; that is no fault,
    since pages of listings are kept so."""

    objects: int
    bytes: int
    rows: int
    sightings: int
    unnamed: tuple[str, ...]
    faults: tuple[Fault, ...]


def verify(archive: Archive, *, on_object: Callable[[int], None] | None = None) -> VerifyReport:
    """Read the whole archive, a megabyte at a time. `on_object` hears how many objects are done.

    Raises:
        ArchiveError: the bucket does not answer, so that nothing is known.
    """
    faults: list[Fault] = []
    manifest = _rows(archive, MANIFEST, MANIFEST_SCHEMA, faults)
    sightings = _rows(archive, SIGHTINGS, SIGHTINGS_SCHEMA, faults)
    addresses = _addresses(manifest, sightings)
    seen: set[str] = set()
    unnamed = []
    total = 0
    for sha256, size in _objects(archive, faults):
        seen.add(sha256)
        total += size
        if (problem := _problem(archive, sha256)) is not None:
            faults.append(_broken(archive, sha256, *problem, addresses.get(sha256)))
        elif sha256 not in addresses:
            unnamed.append(object_address(archive, sha256))
        if on_object is not None:
            on_object(len(seen))
    for sha256 in sorted(addresses.keys() - seen):
        problem = (FaultKind.MISSING, "it is not there")
        faults.append(_broken(archive, sha256, *problem, addresses[sha256]))
    return VerifyReport(
        len(seen), total, len(manifest), len(sightings), tuple(unnamed), tuple(faults)
    )


def _rows(archive: Archive, folder: str, schema: pa.Schema, faults: list[Fault]) -> pa.Table:
    """The rows of all shards that can be read."""
    tables = [schema.empty_table()]
    for name, _ in archive.files(folder):
        if not name.endswith(SHARD_ENDING):
            faults.append(_stray(archive, name))
            continue
        try:
            tables.append(parse_shard(archive, name, archive.read(name), schema))
        except (UnreadableShard, OSError) as error:
            problem = error.problem if isinstance(error, UnreadableShard) else _line(error)
            address = archive.address_of(name)
            faults.append(Fault(FaultKind.UNREADABLE, address, problem, _SHARD_AGAIN))
    return pa.concat_tables(tables)


def _addresses(manifest: pa.Table, sightings: pa.Table) -> dict[str, str]:
    """Each document that a row names, with an address at which it was found."""
    found: dict[str, str] = {}
    for table in (manifest, sightings):
        columns = (table[name].to_pylist() for name in ("document_sha256", "address"))
        for sha256, address in zip(*columns, strict=True):
            if sha256 is not None:
                found.setdefault(sha256, address)
    return found


def _objects(archive: Archive, faults: list[Fault]) -> Iterator[tuple[str, int]]:
    for name, size in archive.files(OBJECTS):
        sha256 = name.rpartition("/")[2]
        if _SUM.fullmatch(sha256) and name == object_name(sha256):
            yield sha256, size
        # What a killed process left is taken away by the next; it may also still be at work.
        elif not name.startswith(f"{OBJECTS}/{PARTIAL}"):
            faults.append(_stray(archive, name))


def _problem(archive: Archive, sha256: str) -> tuple[FaultKind, str] | None:
    try:
        found, length = digest(archive.chunks(object_name(sha256)))
    except FileNotFoundError:
        return FaultKind.MISSING, "it is not there"
    except OSError as error:
        return FaultKind.UNREADABLE, _line(error)
    if found == sha256:
        return None
    return FaultKind.WRONG_SUM, f"its {length:,} bytes have the sum {found}"


def _broken(
    archive: Archive, sha256: str, kind: FaultKind, problem: str, found_at: str | None
) -> Fault:
    # Bytes of the right length are left alone by whoever brings them again.
    away = "" if kind is FaultKind.MISSING else "take it away, then "
    again = f"take in {found_at} again" if found_at else "take in again where it came from"
    remedy = f"{away}{again}, or import a WARC that holds it"
    return Fault(kind, object_address(archive, sha256), problem, remedy)


def _stray(archive: Archive, name: str) -> Fault:
    address = archive.address_of(name)
    return Fault(FaultKind.STRAY, address, "no file of an archive", "move it elsewhere")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())

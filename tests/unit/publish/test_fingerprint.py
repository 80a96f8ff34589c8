"""The same documents, parser and files give the same fingerprint; anything else another."""

from pathlib import Path

from pipelines.publish import fingerprint

DOCUMENTS = [("sha1", "/a"), ("sha2", "/b")]


def folder(root: Path, **files: str) -> Path:
    root.mkdir(parents=True)
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_it_depends_on_everything_a_release_is_made_from(tmp_path: Path) -> None:
    sql = folder(tmp_path / "1" / "sql", a="select 1")
    base = fingerprint(DOCUMENTS, "p1", [sql])

    assert fingerprint(reversed(DOCUMENTS), "p1", [sql]) == base
    assert fingerprint(DOCUMENTS, "p1", [folder(tmp_path / "2" / "sql", a="select 1")]) == base

    others = [
        fingerprint(DOCUMENTS[:1], "p1", [sql]),
        fingerprint([("sha1", "/a"), ("sha2", "/c")], "p1", [sql]),
        fingerprint(DOCUMENTS, "p2", [sql]),
        fingerprint(DOCUMENTS, "p1", []),
        fingerprint(DOCUMENTS, "p1", [folder(tmp_path / "3" / "sql", a="select 2")]),
        fingerprint(DOCUMENTS, "p1", [folder(tmp_path / "4" / "sql", b="select 1")]),
    ]
    assert len({base, *others}) == len(others) + 1


def test_what_running_leaves_behind_does_not_count(tmp_path: Path) -> None:
    code = folder(tmp_path / "code", a="1")
    before = fingerprint([], "p1", [code])
    folder(code / "__pycache__", a="2")
    assert fingerprint([], "p1", [code]) == before

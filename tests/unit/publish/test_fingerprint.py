"""The same documents, parser and files give the same fingerprint; anything else another."""

from pathlib import Path

from pipelines.publish import fingerprint

INPUTS = "2 documents"


def folder(root: Path, **files: str) -> Path:
    root.mkdir(parents=True)
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_it_depends_on_everything_a_release_is_made_from(tmp_path: Path) -> None:
    sql = folder(tmp_path / "1" / "sql", a="select 1")
    base = fingerprint(INPUTS, "p1", [sql])

    assert fingerprint(INPUTS, "p1", [folder(tmp_path / "2" / "sql", a="select 1")]) == base

    others = [
        fingerprint("1 document", "p1", [sql]),
        fingerprint(INPUTS, "p2", [sql]),
        fingerprint(INPUTS, "p1", []),
        fingerprint(INPUTS, "p1", [folder(tmp_path / "3" / "sql", a="select 2")]),
        fingerprint(INPUTS, "p1", [folder(tmp_path / "4" / "sql", b="select 1")]),
    ]
    assert len({base, *others}) == len(others) + 1


def test_what_running_leaves_behind_does_not_count(tmp_path: Path) -> None:
    code = folder(tmp_path / "code", a="1")
    before = fingerprint("", "p1", [code])
    folder(code / "__pycache__", a="2")
    assert fingerprint("", "p1", [code]) == before

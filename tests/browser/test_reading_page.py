"""The page of `ogi read --format html` in a browser: opened offline, and nothing in it runs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OGI = Path(sys.executable).with_name("ogi")
SAMPLE = ROOT / "data" / "samples" / "reports" / "990102-market-regulation-2023.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS = 60
RUN = "document.title = 'it ran'"


def ogi(file: Path, how: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OGI_")}
    return subprocess.run(
        [str(OGI), "read", str(file), "--format", how],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    ).stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_the_page_opens_offline_and_has_a_cell_for_every_fact(tmp_path: Path) -> None:
    assert CHROMIUM is not None
    report = tmp_path / "report.html"
    evil = f"<td>&lt;script&gt;{RUN}&lt;/script&gt;&lt;img src=http://evil.example/x&gt;</td>"
    text = SAMPLE.read_text(encoding="utf-8")
    figure = re.compile(r"<td[^>]*>366</td>")
    assert figure.search(text), "a cell of the sample, to be replaced"
    report.write_text(figure.sub(evil, text, count=1), encoding="utf-8")
    facts = json.loads(ogi(report, "json"))["facts"]
    page, log = tmp_path / "page.html", tmp_path / "net.json"
    page.write_text(ogi(report, "html"), encoding="utf-8")
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--log-net-log={log}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=SECONDS,
    )
    dom = done.stdout
    cells = re.findall(r'<td id="([^"]+)" class="(\w+)[^"]*" tabindex="0" data-fact=', dom)
    assert cells == [(f"{f['table']}.{f['row']}.{f['column']}", f["state"]) for f in facts]
    assert [n for n, (_, state) in enumerate(cells) if state == "unreadable"] == [6]
    assert "it ran" not in re.findall(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert not re.search(r"<(?:script|img|link|iframe|object|embed)\b", dom)
    assert not re.search(r"""\s(?:src|srcset)=|\shref="[^#]|url\(|@import""", _tags(dom))
    assert "evil.example" not in log.read_text(encoding="utf-8", errors="replace")


def _tags(dom: str) -> str:
    """Tags and styles, without text and without the values of titles, which only tell."""
    style = "".join(re.findall(r"<style>(.*?)</style>", dom, re.DOTALL))
    return style + "".join(re.sub(r'title="[^"]*"', "", tag) for tag in re.findall(r"<[^>]+>", dom))

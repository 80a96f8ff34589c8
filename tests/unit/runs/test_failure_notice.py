"""`OGI_ON_FAILURE`: what a command or an address is given, and when."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines.cli import runs as command
from pipelines.domain import OgiError
from pipelines.runs.failure_notice import notify_failure
from pipelines.runs.history import RunOutcome, RunRecord
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, on_failure=f"cat > '{tmp_path}/notice'")


class Received(BaseHTTPRequestHandler):
    bodies: list[bytes]
    status: int

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def webhook() -> Iterator[tuple[str, type[Received]]]:
    handler = type("Handler", (Received,), {"bodies": [], "status": 204})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", handler
        server.shutdown()
        thread.join(timeout=10)


def test_command_gets_the_reasons_as_text(settings: Settings) -> None:
    notify_failure(settings, RunOutcome.BLOCKED, ["too many failed", "重复的键"])
    assert (settings.home / "notice").read_text(encoding="utf-8") == (
        f"ogi: run blocked in {settings.home}\n- too many failed\n- 重复的键\n"
    )


def test_address_gets_an_object(settings: Settings, webhook: tuple[str, type[Received]]) -> None:
    address, handler = webhook
    posting = settings.model_copy(update={"on_failure": address})
    notify_failure(posting, RunOutcome.FAILED, ["no space"], "an-id")
    (body,) = handler.bodies
    assert json.loads(body) == {
        "text": f"ogi: run failed in {settings.home}\n- no space",
        "outcome": "failed",
        "reasons": ["no space"],
        "home": str(settings.home),
        "run_id": "an-id",
    }
    handler.status = 500
    with pytest.raises(OgiError, match=r"^OGI_ON_FAILURE: .*500"):
        notify_failure(posting, RunOutcome.FAILED, ["no space"])


def test_command_that_fails_is_an_error(settings: Settings) -> None:
    broken = settings.model_copy(update={"on_failure": "exit 3"})
    with pytest.raises(OgiError, match=r"^OGI_ON_FAILURE: .*exit status 3"):
        notify_failure(broken, RunOutcome.FAILED, ["no space"])


def test_without_the_setting_nobody_is_notified(settings: Settings) -> None:
    notify_failure(settings.model_copy(update={"on_failure": None}), RunOutcome.FAILED, ["x"])
    assert not (settings.home / "notice").exists()


@pytest.mark.parametrize(
    ("outcome", "is_notified"),
    [
        (RunOutcome.BLOCKED, True),
        (RunOutcome.FAILED, True),
        (RunOutcome.PUBLISHED, False),
        (RunOutcome.INTERRUPTED, False),
    ],
)
def test_command_line_notifies_of_runs_that_fail_or_are_blocked(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    outcome: RunOutcome,
    is_notified: bool,
) -> None:
    def run(*_: object, record: RunRecord, **__: object) -> None:
        record.outcome, record.reasons = outcome, ("why",)
        if outcome is RunOutcome.FAILED:
            raise OgiError("why")

    monkeypatch.setattr("pipelines.runs.run.run", run)
    try:
        command.to_release([], settings, RunRecord("ogi run"), quiet=True)
    except OgiError:
        assert outcome is RunOutcome.FAILED
    assert (settings.home / "notice").exists() is is_notified


def test_notice_that_cannot_be_sent_hides_no_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*_: object, record: RunRecord, **__: object) -> None:
        record.outcome = RunOutcome.FAILED
        raise OgiError("the real reason")

    monkeypatch.setattr("pipelines.runs.run.run", run)
    broken = settings.model_copy(update={"on_failure": "exit 3"})
    with pytest.raises(OgiError, match="the real reason"):
        command.to_release([], broken, RunRecord("ogi run"), quiet=True)
    assert "OGI_ON_FAILURE: " in capsys.readouterr().err

"""Notify the operator of a home of a failed, blocked or missing run (`OGI_ON_FAILURE`)."""

import json
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence

from pipelines.domain import OgiError
from pipelines.settings import Settings

_TIMEOUT_S = 30


def notify_failure(
    settings: Settings, outcome: str, reasons: Sequence[str], run_id: str | None = None
) -> None:
    """Run the command of `OGI_ON_FAILURE` with a text on its standard input, or post a JSON object
    to its address: `text`, `outcome`, `reasons`, `home`, `run_id`. Nothing where it is not set.

    Raises:
        OgiError: the command ended with an error, the address did not accept the notice, or either
            took longer than 30 seconds.
    """
    if settings.on_failure is None:
        return
    text = "\n".join([f"ogi: run {outcome} in {settings.home}", *(f"- {r}" for r in reasons)])
    try:
        if settings.on_failure.startswith(("http://", "https://")):
            notice = {
                "text": text,
                "outcome": outcome,
                "reasons": list(reasons),
                "home": str(settings.home),
                "run_id": run_id,
            }
            _post(settings.on_failure, notice)
        else:
            _execute(settings.on_failure, text)
    except (OSError, subprocess.SubprocessError) as error:
        raise OgiError(f"OGI_ON_FAILURE: {error}") from error


def _post(address: str, notice: Mapping[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 - http or https, as seen above
        address,
        data=json.dumps(notice, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
        pass


def _execute(command: str, text: str) -> None:
    subprocess.run(  # noqa: S603 - the operator's own command
        ["/bin/sh", "-c", command],
        input=f"{text}\n",
        stdout=2,  # the standard output of `ogi run` may be parsed
        text=True,
        timeout=_TIMEOUT_S,
        check=True,
    )

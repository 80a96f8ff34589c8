"""Dagster's own home, of one trial: `python -m assets.instance` prepares it and prints where."""

import argparse
import sys
from pathlib import Path

from pipelines.domain import OgiError
from pipelines.settings import Settings, get_settings
from pipelines.whole_file import written_whole

# Pools are counted by run: an op's place in one would stay taken when its run is killed.
_CONFIG = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    granularity: run
    default_limit: 1
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""


def dagster_folder(settings: Settings) -> Path:
    """The folder for DAGSTER_HOME, which need not exist."""
    return settings.home.absolute() / "dagster"


def dagster_home(settings: Settings) -> Path:
    """The folder for DAGSTER_HOME, with its dagster.yaml.

    Raises:
        OSError: it cannot be written.
    """
    folder = dagster_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "dagster.yaml"
    if not file.exists():
        with written_whole(file) as partial:
            partial.write_text(_CONFIG, encoding="utf-8")
    return folder


if __name__ == "__main__":
    argparse.ArgumentParser(
        "python -m assets.instance", description="Prepare DAGSTER_HOME and print its folder."
    ).parse_args()
    try:
        sys.stdout.write(f"{dagster_home(get_settings())}\n")
    except (OgiError, OSError) as error:
        sys.exit(str(error))

"""Every path and setting, from one place: environment `OGI_*`, else pyproject's `[tool.ogi]`."""

import os
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from pipelines.domain import SettingsError

PROJECT_ROOT = Path(__file__).parents[1]
PREFIX = "OGI_"
MEANINGS_FILE = Path(__file__).with_name("settings.yaml")

# DuckDB and Dagster's SQLite addresses end at `?`; Dagster decodes `%2F` and expands globs in the
# path of its configuration.
_REFUSED_IN_HOME = "%?*["
# SQLite opens no path of more than 512 bytes, and Dagster's files are up to 69 bytes longer.
_MAX_HOME_BYTES = 440


class Settings(BaseSettings):
    """Every setting. What each means, in both languages, is in settings.yaml beside this file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        pyproject_toml_table_header=("tool", "ogi"),
        extra="forbid",
    )

    home: Path = PROJECT_ROOT / "data"
    archive: str | None = None
    batch_size: int = Field(default=64, ge=1)
    workers: int = Field(default=os.cpu_count() or 1, ge=1)
    dask_address: str | None = None
    max_document_bytes: int = Field(default=100_000_000, ge=1)
    max_document_seconds: float = Field(default=300, gt=0, allow_inf_nan=False)
    max_worker_megabytes: int = Field(default=2048, ge=256)
    duckdb_megabytes: int = Field(default=4096, ge=512)
    duckdb_threads: int = Field(default=os.cpu_count() or 1, ge=1)
    audit_every: int = Field(default=20, ge=0)
    rates_from_documents: int = Field(default=100, ge=1)
    max_failed_rate: float = Field(default=0.2, ge=0, le=1)
    max_refused_table_rate: float = Field(default=0.2, ge=0, le=1)
    replace_newer: bool = False
    sources: Path | None = None
    crawl_contact: str | None = Field(default=None, pattern=r"^[\x21-\x7e]+$")
    crawl_hosts: int = Field(default=32, ge=1, le=1000)
    crawl_retries: int = Field(default=3, ge=0, le=10)
    recheck_days: float = Field(default=30, ge=0, allow_inf_nan=False)
    coverage_floor: float = Field(default=0, ge=0, le=1)
    on_failure: str | None = None
    nightly_schedule: bool = True
    inbox_sensor: bool = True

    @field_validator("home")
    @classmethod
    def _check_home(cls, home: Path) -> Path:
        """The absolute path; refused where DuckDB, SQLite or Dagster would misread it."""
        absolute = home.absolute()
        # DuckDB follows a link and opens the path that it leads to.
        for path in (str(absolute), os.path.realpath(absolute)):
            refused = [character for character in _REFUSED_IN_HOME if character in path]
            if refused:
                raise ValueError(
                    f"{path} contains {refused[0]}; name a folder whose path contains none of"
                    f" {' '.join(_REFUSED_IN_HOME)}"
                )
            if not _is_utf8(path):
                shown = os.fsencode(path).decode(errors="backslashreplace")
                raise ValueError(f"{shown} is not UTF-8; name a folder whose path is")
            if (length := len(path.encode())) > _MAX_HOME_BYTES:
                raise ValueError(
                    f"{path} has {length} bytes; name a folder whose path has at most"
                    f" {_MAX_HOME_BYTES}"
                )
        return absolute

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _project_file()

    @property
    def archive_address(self) -> str:
        """Where the archive lies: a path, or a URL that fsspec knows.

        Its library takes endpoint and credentials from the environment: for S3 AWS_ENDPOINT_URL,
        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_PROFILE and the like. Workers of a cluster
        need them too.
        """
        return self.archive or str(self.home / "archive")

    @property
    def sources_dir(self) -> Path:
        """The records of the sources that are crawled."""
        return self.sources or PROJECT_ROOT / "data" / "reference" / "sources"

    @property
    def crawl_dir(self) -> Path:
        """What the crawl remembers, and the reports of its nights."""
        return self.home / "crawl"

    @property
    def lake_dir(self) -> Path:
        return self.home / "lake"

    @property
    def warehouse_file(self) -> Path:
        """The private file of the one writer."""
        return self.home / "warehouse" / "building.duckdb"

    @property
    def spill_dir(self) -> Path:
        """Where DuckDB puts what does not fit into its memory."""
        return self.home / "warehouse" / "spill"

    @property
    def duckdb(self) -> dict[str, str | bool | int | float | list[str]]:
        """Configuration of each DuckDB connection to the warehouse."""
        return {
            "memory_limit": f"{self.duckdb_megabytes}MB",
            "threads": self.duckdb_threads,
            "temp_directory": str(self.spill_dir),
        }

    @property
    def published_dir(self) -> Path:
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        """The DuckDB file that people read."""
        return self.published_dir / "ogi.duckdb"

    @property
    def inbox_dir(self) -> Path:
        """The folder that the sensor watches."""
        return self.home / "inbox"


# Variable → name of the setting.
VARIABLES = {f"{PREFIX}{name.upper()}": name for name in Settings.model_fields}


def _project_file() -> PyprojectTomlConfigSettingsSource:
    return PyprojectTomlConfigSettingsSource(Settings, toml_file=PROJECT_ROOT / "pyproject.toml")


def value_sources() -> dict[str, str]:
    """Name of each setting → where its value comes from: environment, file or default."""
    set_by = {"file": _project_file(), "environment": EnvSettingsSource(Settings)}
    named = {name: source for source, values in set_by.items() for name in values()}
    return {name: named.get(name, "default") for name in Settings.model_fields}


def _is_utf8(text: str) -> bool:
    """False where the operating system gave bytes that are not UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a variable `OGI_*` is unknown or its value is refused; the message names it.
    """
    for name, value in os.environ.items():
        if not name.startswith(PREFIX):
            continue
        if name not in VARIABLES:
            (nearest,) = get_close_matches(name, VARIABLES, n=1, cutoff=0)
            raise SettingsError(
                f"{name}: no such setting; the nearest is {nearest}; `ogi settings` lists them"
            )
        if not _is_utf8(value):
            raise SettingsError(f"{name}: {value} is not UTF-8")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(p) for p in first["loc"]).upper()
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{PREFIX}{name}: {message}") from error

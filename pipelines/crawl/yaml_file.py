"""A YAML file of data/reference → a checked value; errors name the file, the line and the key."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.domain import ReferenceDataError

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A record that knows all its keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def load_yaml(file: Path, model: type[Model]) -> Model:
    """Read one file.

    Raises:
        ReferenceDataError: it is missing or makes no sense; the message names file, line and key.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        if node is not None:
            _no_key_twice(node, file)
        value = None if node is None else yaml.SafeLoader("").construct_document(node)
    except OSError as error:
        raise ReferenceDataError(f"{file}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ReferenceDataError(f"{file}: {' '.join(str(error).split())}") from error
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        line = _line_of(node, first["loc"])
        raise ReferenceDataError(f"{file}: line {line}: {place}: {first['msg']}") from error


def _no_key_twice(node: yaml.Node, file: Path) -> None:
    """YAML would silently keep the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ReferenceDataError(f"{file}: line {line}: {key.value}: stands twice")
            seen.add(key.value)
            _no_key_twice(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            _no_key_twice(entry, file)


def _line_of(node: Any, place: tuple[int | str, ...]) -> int:
    """The line of the innermost part of the place that the file has."""
    line = 1
    for part in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
        elif isinstance(node, yaml.MappingNode):
            found = [value for key, value in node.value if key.value == str(part)]
            if not found:
                break
            node = found[0]
        else:
            break
        line = node.start_mark.line + 1
    return line

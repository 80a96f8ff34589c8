"""A YAML file → checked values. Errors name the file, the line and the key."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.domain import OgiError

Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A record that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The `value` of a file; `node` has the line of each of its parts."""

    path: Path
    value: Any
    node: yaml.Node | None
    error: type[OgiError]

    def parse(self, model: type[Model]) -> Model:
        """The value as `model`.

        Raises:
            OgiError: as `error` of `read_yaml`; the value breaks a rule of the model.
        """
        try:
            return model.model_validate(self.value)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "the file"
            line = _line_of(self.node, first["loc"])
            raise self.error(f"{self.path}: line {line}: {key}: {first['msg']}") from error


def load_yaml(path: Path, model: type[Model], error: type[OgiError]) -> Model:
    """Read one file and check it.

    Raises:
        OgiError: as `error`; the file is missing, is no YAML or breaks a rule of the model.
    """
    return read_yaml(path, error).parse(model)


def read_yaml(path: Path, error: type[OgiError]) -> YamlFile:
    """Read one file.

    Raises:
        OgiError: as `error`; the file is missing, is no YAML or has a key twice in one mapping.
    """
    try:
        loader = _UniqueKeyLoader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        value = None if node is None else loader.construct_document(node)
    except OSError as problem:
        raise error(f"{path}: {problem.strerror}") from problem
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = f"line {mark.line + 1}: " if mark else ""
        text = ": ".join(filter(None, (problem.context, problem.problem)))
        raise error(f"{path}: {place}{' '.join(text.split())}") from problem
    # A ValueError: no UTF-8, or a date that does not exist.
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise error(f"{path}: {' '.join(str(problem).split())}") from problem
    return YamlFile(path, value, node, error)


class _UniqueKeyLoader(yaml.SafeLoader):
    """Refuses a key that appears twice in one mapping: YAML silently keeps the last one."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        # Before a merge key (<<) adds the keys of another mapping, which it may override.
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused when the mapping is constructed
            # 16 and 0x10 are one key; 1 and "1" are two.
            is_merge = key.tag == "tag:yaml.org,2002:merge"
            name = key.value if is_merge else self.construct_object(key)
            if name in seen:
                problem = f"{key.value}: the key appears twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(name)
        return node


def _line_of(node: yaml.Node | None, place: tuple[int | str, ...]) -> int:
    """The line of the innermost part of `place` that the file has; the first line is 1."""
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

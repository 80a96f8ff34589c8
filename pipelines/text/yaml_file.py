"""A YAML file → checked values. Errors name the file, the line and the key."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.domain import OgiError

Model = TypeVar("Model", bound=BaseModel)

_MOST_NESTED = 100


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
        text = path.read_text(encoding="utf-8")
        _refuse_deep_nesting(text)
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        value = None
        if node is not None:
            _refuse_doubled_keys(node, loader)
            value = loader.construct_document(node)
    except OSError as problem:
        raise error(f"{path}: {problem.strerror}") from problem
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = f"line {mark.line + 1}: " if mark else ""
        text = ": ".join(filter(None, (problem.context, problem.problem)))
        raise error(f"{path}: {place}{' '.join(text.split())}") from problem
    # A ValueError: no UTF-8, or a date that does not exist.
    except (yaml.YAMLError, ValueError) as problem:
        raise error(f"{path}: {' '.join(str(problem).split())}") from problem
    return YamlFile(path, value, node, error)


def _refuse_deep_nesting(text: str) -> None:
    """libyaml composes by recursion, and would end the process."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MOST_NESTED:
                raise ValueError(f"nested more than {_MOST_NESTED} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refuse_doubled_keys(root: yaml.Node, loader: yaml.CSafeLoader) -> None:
    """YAML silently keeps the last of two equal keys. This runs before a merge key (<<) adds the
    keys of another mapping, which it may override."""
    waiting, visited = [root], set()
    while waiting:
        node = waiting.pop()
        if id(node) in visited:  # by an alias
            continue
        visited.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
        if not isinstance(node, yaml.MappingNode):
            continue
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # refused when the mapping is constructed
            # 16 and 0x10 are one key; 1 and "1" are two.
            is_merge = key.tag == "tag:yaml.org,2002:merge"
            name = key.value if is_merge else loader.construct_object(key)
            if name in seen:
                problem = f"{key.value}: the key appears twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(name)
        waiting += reversed([value for _, value in node.value])


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

"""Writing a scenario: YAML that reads back as the same scenario."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

import yaml

from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario

# Everything else is put in quotes, so that no reader of YAML takes it for a number, a
# date or a truth value that it is not.
_SAFE: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+-]|[A-Za-z]"
    r"|[0-9.]+%|(?:[0-9]+(?:ms|[smhdw]))+|[0-9-]{10}T[0-9:.]+Z"
)
_RESERVED: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_STRING: Final = "tag:yaml.org,2002:str"


class _Dumper(yaml.SafeDumper):
    """PyYAML's writer with our own quotes and without anchors or tags."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}  # type: ignore[misc]  # it is PyYAML's

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # PyYAML asks so
        """Write out again what occurs twice."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    plain = _SAFE.fullmatch(text) and text.lower() not in _RESERVED
    return dumper.represent_scalar(_STRING, text, style=None if plain else '"')


def _plain(dumper: _Dumper, value: object) -> yaml.ScalarNode:
    return dumper.represent_scalar(_STRING, _spelled(value))


def _spelled(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    return repr(value)


_Dumper.add_representer(str, _text)
for _type in (int, float, bool, type(None)):
    _Dumper.add_representer(_type, _plain)


def written(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as mappings, lists, text and numbers, as it would be written."""
    return scenario.model_dump(mode="json", by_alias=True)


def spelled_out(scenario: Scenario) -> dict[str, Any]:
    """Return what was written of a scenario, with nothing else filled in, as `written` does."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)


def dump(scenario: Scenario) -> str:
    """Return a scenario as YAML; reading it gives the same scenario."""
    return as_yaml(written(scenario))


def as_yaml(document: dict[str, Any]) -> str:
    """Return mappings, lists, text and numbers as YAML."""
    text: str = yaml.dump(
        document,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=100,
    )
    return text


def _sorted(value: Any) -> Any:  # noqa: ANN401  # mappings, lists, text and numbers
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def digest(resolved: Scenario) -> str:
    """Return the sha256 of a resolved scenario; the order of keys does not matter."""
    return hashlib.sha256(json_text(_sorted(written(resolved)))).hexdigest()

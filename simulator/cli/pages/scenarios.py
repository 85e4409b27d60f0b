"""`docs/scenarios.md`: every key of a scenario, made from its JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.cli.pages.markdown import code, fenced, link, notice, table
from simulator.cli.pages.plays import PLAYS
from simulator.primitives.jsontext import json_text
from simulator.scenario import actions
from simulator.scenario.library import find, names
from simulator.scenario.reader import file_text
from simulator.scenario.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRO: Final = """\
A scenario is one YAML file. It says who there is, what they usually do, and what happens on top of
that. Everything has a default but `scenario` and `window`; `trailwright scenario resolve` shows
what they come to. Unknown keys are errors, and all findings are shown at once with their place.

Numbers and dates need no quotes, and account ids keep their zeros with or without them. Durations
are written `20s`, `40m`, `8h` or `1h30m`, shares `30%`, instants with their offset
(`2025-01-13T09:00:00Z`, `2025-01-13T10:00:00+01:00`); a date alone is midnight UTC.

`trailwright scenario new my.yaml` writes one to start from, and `trailwright scenario schema`
prints the JSON Schema that gives editors completion. A short one that is shipped:
"""

_EXAMPLE: Final = "storylines/password-totp"


def page() -> str:
    """Return the page."""
    schema = json_schema()
    parts: dict[str, Any] = schema["$defs"]
    users, admins, providers = (
        [one for one in actions.ACTIONS if one.actor == who] for who in ("user", "admin", "scim")
    )
    entries = {one.__name__ for one in actions.ACTIONS}
    shared = {
        "user": {"for", *actions.UserEntry.model_fields},
        "admin": {"for", *actions.AdminEntry.model_fields},
        "scim": {"for", *actions.ScimEntry.model_fields},
    }
    lines = [
        notice("simulator/scenario"),
        "# Scenarios",
        "",
        *_INTRO.split("\n"),
        *fenced(file_text(find(_EXAMPLE)), "yaml"),
        "## Shipped scenarios",
        "",
        *table(
            ("name", "what it shows"),
            ((code(name), text) for name, text in names().items() if not name.startswith(PLAYS)),
        ),
        "[Plays](plays.md), attacks and what looks like them, have a page of their own.",
        "",
        "## The scenario",
        "",
        *_keys(schema, frozenset()),
        "## Parts",
        "",
    ]
    for name, part in parts.items():
        if name not in entries and name != "Action":
            lines += [f"### {name}", "", *_described(part), *_keys(_object(part), frozenset())]
    lines += ["## Actions", "", "What every entry of the storyline may say:", ""]
    first = {**parts[users[0].__name__]["properties"], **parts[admins[0].__name__]["properties"]}
    common = {
        "properties": {
            name: first[name] for name in first if name in shared["user"] | shared["admin"]
        }
    }
    lines += _keys(common, frozenset({"does"}))
    for title, group in (
        ("By users", users),
        ("By administrators", admins),
        ("By identity providers", providers),
    ):
        lines += [f"### {title}", ""]
        for action in group:
            part = parts[action.__name__]
            words = _words(part["properties"]["does"])
            own = _keys(part, frozenset(shared[action.actor]))
            lines += [f"#### {', '.join(words)}", "", *_described(part), *own]
    return "\n".join(lines).rstrip() + "\n"


def _described(part: dict[str, Any]) -> Iterator[str]:
    if "description" in part:
        yield " ".join(part["description"].split())
        yield ""


def _object(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part's long form, where a word may stand for it."""
    return next((one for one in part.get("anyOf", ()) if "properties" in one), part)


def _words(field: dict[str, Any]) -> list[str]:
    return [field["const"]] if "const" in field else list(field["enum"])


def _keys(part: dict[str, Any], without: frozenset[str]) -> Iterator[str]:
    """Yield a table of keys."""
    required = part.get("required", ())
    rows = []
    for name, field in part.get("properties", {}).items():
        # An action that is more than one thing says which, and so does its heading.
        if name in without or name == "does":
            continue
        usual = field.get("default")
        # What a part's keys default to stands with the part.
        is_told = usual not in (None, []) and not isinstance(usual, dict)
        default = code(_value(usual)) if is_told else ""
        rows.append(
            (
                code(name),
                _type(field),
                "required" if name in required else default,
                field.get("description", ""),
            )
        )
    if rows:
        yield from table(("key", "value", "default", "meaning"), rows)


def _value(value: Any) -> str:  # noqa: ANN401  # JSON
    return value if isinstance(value, str) else json_text(value).decode()


def _type(field: dict[str, Any]) -> str:  # noqa: PLR0911  # one for each form a schema may have
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return link(name, "Actions" if name == "Action" else name)
    if "const" in field or "enum" in field:
        return ", ".join(code(_value(word)) for word in _words(field))
    if "if" in field:
        return f"{_type(field['else'])} or {_type(field['then'])}"
    if choices := field.get("anyOf", field.get("oneOf")):
        kinds = dict.fromkeys(_type(one) for one in choices)
        return " or ".join(kinds)
    match field.get("type"):
        case "array":
            return f"list of {_type(field['items'])}" if "items" in field else "list"
        case "object":
            named = field.get("patternProperties", field.get("properties", {}))
            inner = field.get("additionalProperties") or next(iter(named.values()), None)
            values = f" to {_type(inner)}" if isinstance(inner, dict) and inner else ""
            return f"mapping of names{values}"
        case "boolean":
            return "`true` or `false`"
        case "integer" | "number":
            return _number(field)
        case "string":
            return _such_as(field, "text")
        case _:
            return _such_as(field, "anything")


def _such_as(field: dict[str, Any], otherwise: str) -> str:
    examples = field.get("examples", ())
    return f"such as {code(str(examples[0]))}" if examples else otherwise


def _number(field: dict[str, Any]) -> str:
    least, most = field.get("minimum"), field.get("maximum")
    if least is not None and most is not None:
        return f"number, {least} to {most}"
    return f"number, {least} or more" if least is not None else "number"

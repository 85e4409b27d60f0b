"""Write `tables/*.json`: run as `python -m simulator.records.api.compile_tables`.

Needs botocore, whose API models AWS publishes, and is run by hand when an API has changed.
What the models do not say (calls of the console alone, members whose order differs in real
records) stands in tables written by hand, whose names begin with `by_hand`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import botocore.session  # type: ignore[import-untyped]  # a development dependency without types

from simulator.primitives.jsontext import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.records.api.structures import Structure

TABLES: Final = Path(__file__).parent / "tables"

MODELS: Final = (1, 44, 8)
"""Version of botocore whose models the tables are of."""

SERVICES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "sso": ("sso-admin", ()),
    "organizations": (
        "organizations",
        (
            "DeregisterDelegatedAdministrator",
            "DescribeOrganization",
            "DisableAWSServiceAccess",
            "EnableAWSServiceAccess",
            "ListAWSServiceAccessForOrganization",
            "ListAccounts",
            "ListDelegatedAdministrators",
            "RegisterDelegatedAdministrator",
        ),
    ),
    "iam": (
        "iam",
        (
            "AttachRolePolicy",
            "CreatePolicy",
            "CreatePolicyVersion",
            "CreateRole",
            "CreateSAMLProvider",
            "CreateServiceLinkedRole",
            "DeletePolicy",
            "DeleteRole",
            "DeleteRolePermissionsBoundary",
            "DeleteRolePolicy",
            "DeleteSAMLProvider",
            "DetachRolePolicy",
            "GetPolicy",
            "GetRole",
            "GetSAMLProvider",
            "ListAttachedRolePolicies",
            "ListPolicies",
            "ListRolePolicies",
            "ListRoles",
            "PutRolePermissionsBoundary",
            "PutRolePolicy",
            "UpdateRole",
            "UpdateSAMLProvider",
        ),
    ),
    "sts": ("sts", ("AssumeRole", "GetCallerIdentity")),
}
"""Event source to botocore's name of the service and the operations taken; none means all."""

UNRECORDED: Final = frozenset({"secretAccessKey"})
"""Members that no record has: of credentials, the secret is left out (seen)."""

READS: Final = ("Describe", "Get", "List")
"""What the names of calls that change nothing begin with."""

_LEAVES: Final = {
    "string": "string",
    "blob": "string",
    "integer": "number",
    "long": "number",
    "double": "number",
    "float": "number",
    "boolean": "flag",
    "timestamp": "date",
}


def member_name(name: str) -> str:
    """Return a member's name as CloudTrail writes it: its first letter is lower-case."""
    return name[:1].lower() + name[1:]


def structure_of(shape: Any, above: tuple[str, ...] = ()) -> Structure:  # noqa: ANN401  # untyped
    """Return a shape of an API model as tables write it; see `operations`."""
    if shape.name in above or getattr(shape, "is_document_type", False):
        return "any"
    inner = (*above, shape.name)
    if shape.type_name == "structure":
        required = set(shape.required_members)
        return {
            member_name(name) + ("" if name in required else "?"): structure_of(member, inner)
            for name, member in shape.members.items()
            if member_name(name) not in UNRECORDED
        }
    if shape.type_name == "list":
        return [structure_of(shape.member, inner)]
    if shape.type_name == "map":
        return {"*": structure_of(shape.value, inner)}
    words = shape.metadata.get("enum")
    if shape.metadata.get("sensitive"):
        words = ["hidden"]
    return "|".join(words) if words else _LEAVES[shape.type_name]


def table_of(source: str) -> dict[str, dict[str, Structure]]:
    """Return the operations of an event source, in order of name."""
    service, chosen = SERVICES[source]
    model = botocore.session.get_session().get_service_model(service)
    table = {}
    for name in sorted(chosen or model.operation_names):
        operation = model.operation_model(name)
        row: dict[str, Structure] = {"access": "read" if name.startswith(READS) else "write"}
        sides = {"request": operation.input_shape, "response": operation.output_shape}
        for side, shape in sides.items():
            # A read's response is not recorded, and an empty one is written as null.
            is_recorded = side == "request" or row["access"] == "write"
            if shape is not None and shape.members and is_recorded:
                row[side] = structure_of(shape)
        table[name] = row
    return table


def table_text(source: str) -> bytes:
    """Return what a table holds: an operation a line or three."""
    return b"\n".join(_lines(table_of(source))) + b"\n"


def _lines(table: dict[str, dict[str, Structure]]) -> Iterator[bytes]:
    yield b"{"
    for place, (name, row) in enumerate(table.items()):
        end = b"," if place + 1 < len(table) else b""
        pairs = [b'    "%b": %b' % (key.encode(), json_text(value)) for key, value in row.items()]
        yield b'  "%b": {' % name.encode()
        yield b",\n".join(pairs)
        yield b"  }" + end
    yield b"}"


def stale_tables(folder: Path = TABLES) -> list[str]:
    """Return the names of tables that are not what the installed API models give."""
    paths = {source: folder / f"{source}.json" for source in SERVICES}
    return [path.name for source, path in paths.items() if path.read_bytes() != table_text(source)]


def main() -> None:
    """Write every table, or with `--check` say which are not what the models give."""
    if "--check" not in sys.argv:
        for source in SERVICES:
            (TABLES / f"{source}.json").write_bytes(table_text(source))
        return
    stale = stale_tables()
    if stale:
        sys.exit(f"not what the installed API models give: {', '.join(stale)}")


if __name__ == "__main__":
    main()

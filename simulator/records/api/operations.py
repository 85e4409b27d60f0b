"""Every call that is recorded as a table says, by kind.

`compile_tables` writes most tables from AWS's published API models. What no model has (calls
of the console alone) stands in tables whose names begin with `by_hand`; there a row may say
its own `basis`, which `backend` serves the call, and why it is `undelivered`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

if TYPE_CHECKING:
    from simulator.records.api.structures import Structure

_TABLES: Final = Path(__file__).parent / "tables"
_REFERENCES: Final = {
    "sso": "https://docs.aws.amazon.com/singlesignon/latest/APIReference/",
    "sso-directory": "https://docs.aws.amazon.com/singlesignon/latest/userguide/sso-info-in-cloudtrail.html",
    "sso-oauth": "https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/",
    "organizations": "https://docs.aws.amazon.com/organizations/latest/APIReference/",
    "iam": "https://docs.aws.amazon.com/IAM/latest/APIReference/",
    "sts": "https://docs.aws.amazon.com/STS/latest/APIReference/",
}
WITH_COMMA: Final = frozenset({"sts", "identitystore-scim"})
"""Event sources that write a comma after the year of a date in a payload (seen)."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One call."""

    kind: str
    """Name of its kind, such as `sso/CreatePermissionSet`."""
    read_only: bool
    request: Structure | None
    """Structure of requestParameters; none where nothing is known of it, or nothing there."""
    response: Structure | None
    """Structure of responseElements; none where they are null."""
    basis: str
    """Where that is known from; begins with `Unverified` where it is inferred."""
    backend: str = ""
    """What serves it, where that is not the service named by the event source."""
    undelivered: str = ""
    """Why no account receives a record of it; empty where one does."""

    @property
    def source(self) -> str:
        """The short event source, such as `sso`."""
        return self.kind.partition("/")[0]

    @property
    def has_comma(self) -> bool:
        """Whether dates in its payload have a comma after the year."""
        return self.source in WITH_COMMA


# The portal has an event of the same source and name, which is of another type.
_ALSO_OF_THE_PORTAL: Final = frozenset({"sso/ListApplications"})


def _kind(source: str, name: str) -> str:
    kind = f"{source}/{name}"
    return f"{kind}@api" if kind in _ALSO_OF_THE_PORTAL else kind


def _read() -> dict[str, Operation]:
    found = {}
    # Those of the models first, each sort in order of name.
    paths = sorted(_TABLES.glob("*.json"), key=lambda path: (path.name.startswith("by_hand"), path))
    for path in paths:
        source = path.stem.removeprefix("by_hand_")
        reference = _REFERENCES.get(source, "")
        for name, row in orjson.loads(path.read_bytes()).items():
            kind = _kind(source, name)
            found[kind] = Operation(
                kind,
                row["access"] == "read",
                row.get("request"),
                row.get("response"),
                f"{row['basis']}. {reference}" if "basis" in row else reference,
                row.get("backend", ""),
                row.get("undelivered", ""),
            )
    return found


OPERATIONS: Final = _read()
"""Kind to operation."""

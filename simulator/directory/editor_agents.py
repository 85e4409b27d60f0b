"""User agents of editors whose extension signs in to Amazon Q Developer.

Unverified: no record that they left was read; the form is that of the AWS Toolkit's own.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from simulator.directory.releases import VSCODE_MINOR
from simulator.primitives.instants import DAY

Editor: TypeAlias = Literal["vscode", "jetbrains"]

_FORMS: Final[dict[str, str]] = {
    "vscode": "AmazonQ-For-VSCode/1.{own}.0 Visual-Studio-Code/1.{editor}.0 ClientId/{client}",
    "jetbrains": "AWS-Toolkit-For-JetBrains/3.{own} IntelliJ-IDEA/{year} ClientId/{client}",
}
_FIRST: Final = 60
"""Minor version of the editor before the extension's own numbers begin."""


def editor_agent(editor: Editor, at: int, client_id: str) -> str:
    """Return what an editor's extension says it is.

    Args:
        editor: Which one.
        at: Milliseconds since 1970.
        client_id: A UUID that stays with an installation.
    """
    minor = VSCODE_MINOR.number_at(at // DAY * DAY)
    months = minor - 95 + 10  # Visual Studio Code 1.95 came out in the tenth month of 2024.
    year, month = divmod(months - 1, 12)
    return _FORMS[editor].format(
        own=max(0, minor - _FIRST),
        editor=minor,
        year=f"{2024 + year}.{1 + month // 4}",
        client=client_id,
    )

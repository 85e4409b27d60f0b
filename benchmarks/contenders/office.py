"""What the generators of office days agree on: who there is, and how often what is done.

Shares are those of `baseline/office`, counted over 20,000 records. Texts are of the lengths
that its records have, so that a record weighs the same whoever makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ORGANIZATION: Final = "111122223333"
REGION: Final = "us-east-1"
STORE: Final = "d-9067f3a1b2"
STORE_ARN: Final = f"arn:aws:identitystore::{ORGANIZATION}:identitystore/{STORE}"
PORTAL: Final = f"https://{STORE}.awsapps.com/start/"
ROLE: Final = "ViewOnlyAccess"
ADMINISTRATOR: Final = "IdentityCenterAdministrator"
HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
ACCOUNTS: Final = ("444455556666", "108229716861", "290467713350", "731928840516")
USERS: Final = 300

FIRST_DAY: Final = "2025-01-06"
DAYS: Final = 14
DAYS_BEFORE_CHANGE: Final = 7
"""From then on records no longer say users' names."""

RECORDS_A_SESSION: Final = 7.6


def sessions_a_day(records: int) -> int:
    """Return how many sessions begin in a day for so many records in all."""
    return int(records / DAYS / RECORDS_A_SESSION) + 1


GIVEN_NAMES: Final = (
    *("kaitlyn", "ingetraut", "keith", "mike", "otilia", "samuel", "ana", "bernd", "carmen"),
    *("dietlinde", "estrella", "frank", "gabriela", "hans-peter", "isabel", "jonathan"),
)
FAMILY_NAMES: Final = (
    *("klein", "henschel", "olson", "lower", "iborra", "friedman", "lopez", "mueller"),
    *("castellanos", "huang", "wagner", "johnston", "figueroa", "schmidt", "ortega", "reyes"),
)
WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
MACINTOSH: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36"
CHROME: Final = "(KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
BROWSERS: Final = (
    f"{WINDOWS} {CHROME} Edg/131.0.0.0",
    f"{WINDOWS} {CHROME}",
    f"{MACINTOSH} {CHROME}",
)
COMMAND_LINE: Final = (
    "aws-cli/2.22.8 md/awscrt#0.23.4 ua/2.0 os/macos#24.1.0 md/arch#x86_64 lang/python#3.12.6 "
    "md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#sso.login"
)

HOURS: Final = (0, 0, 0, 0, 0, 1, 4, 10, 16, 14, 9, 7, 6, 8, 7, 5, 4, 3, 2, 2, 1, 1, 0, 0)
"""How many sessions begin in each hour of a day, as weights."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How often each thing happens in a session; shares of one."""

    wrong_password: float = 0.03
    second_factor: float = 0.40
    accounts: float = 0.556
    roles: float = 0.44
    federation: float = 0.254
    profiles: float = 0.177
    credentials: float = 0.093
    command_line: float = 0.028
    look_up: float = 0.045
    """An administrator looks a user up and reads their devices."""
    logout: float = 0.119


HABITS: Final = Habits()

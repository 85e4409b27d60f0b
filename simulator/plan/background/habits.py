"""How often, how many and how long: every figure of everyday activity that no persona says.

Medians with a source say which; all others are chosen, since AWS publishes no such figures.
Shares are in parts per million, times in milliseconds.
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.instants import HOUR, MINUTE, SECOND
from simulator.primitives.quantiles import Quantiles

# ---- The day --------------------------------------------------------------------------

ARRIVAL: Final = Quantiles.through(
    {
        0: 0,
        8: 25_000,
        22: 70_000,
        34: 120_000,
        46: 220_000,
        56: 340_000,
        62: 420_000,
        65: 520_000,
        76: 620_000,
        86: 740_000,
        94: 880_000,
        100: 1_000_000,
    }
)
"""When in the working day a session begins, in millionths of it: a rush in the first tenth, a
dip at lunch, a bump after it. Chosen."""

OFF_HOURS: Final = Quantiles.through({0: 0, 50: 170_000, 85: 380_000, 100: 1_000_000})
"""When in the rest of the day, counted from the end of work: evenings mostly. Chosen."""

OUTSIDE: Final = 30_000
"""Share of sessions outside working hours. Chosen."""

# ---- Signing in -----------------------------------------------------------------------

WRONG_AGAIN: Final = 280_000
"""Share of wrong answers that are followed by another wrong one. Chosen."""

WEBAUTHN_FAILS: Final = 6_000
"""Share of sign-ins where a security key is not read at first. Chosen."""

EMAIL_CODE_WRONG: Final = 20_000
"""Share of codes copied wrong from an e-mail at first. Chosen."""

GIVES_UP_PASSWORD: Final = 60_000
"""Share of those who erred with the password and sign in no more. Chosen."""

GIVES_UP_CODE: Final = 50_000
"""Share of those who erred with the second factor and sign in no more. Chosen."""

LEFT_OPEN: Final = 500_000
"""Share of those who give up in front of one more challenge. Chosen."""

RESYNC: Final = 60_000
"""Share of those with two or more wrong codes who set their device's clock right. Chosen."""

IDP_REFUSES: Final = 3_000
"""Share of sign-ins whose first assertion is refused. Chosen."""

IDP_GIVES_UP: Final = 100_000
"""Share of those refused who do not try again. Chosen."""

STARTS_OVER: Final = Quantiles.through({0: 1_500, 50: 5_000, 90: 14_000, 100: 60_000})
"""From a name nobody has to a fresh start with the right one. Chosen."""

AD_FORMS: Final = ((450_000, 0), (150_000, 1), (250_000, 2), (150_000, 4))
"""Shares of people by how they type an Active Directory name (`typed_form`). Chosen."""

AD_VARIES: Final = 80_000
"""Share of sign-ins in which the form is another than usual. Chosen."""

PREFERS_TOTP: Final = 350_000
"""Share of people with both kinds of device who use the authenticator app. Chosen."""

# ---- In the portal ----------------------------------------------------------------------

SOON: Final = Quantiles.through({0: 80, 50: 600, 90: 1_500, 100: 2_000})
"""From signing in to the portal's first request: 0 to 2 s (published examples)."""

LISTS_ACCOUNTS: Final = 700_000
"""Share of portal visits that open the accounts tab. Chosen."""

EXPANDS: Final = Quantiles.through({0: 0, 30: 0, 65: 1, 90: 2, 100: 3})
"""Accounts expanded to see their roles. Chosen."""

LOOKS_AT_PROFILES: Final = 220_000
"""Share of portal visits that open an application. Chosen."""

SECURITY_PAGE: Final = 10_000
"""Share of portal sessions that look at their MFA devices. Chosen."""

COPIES_KEYS: Final = 60_000
"""Share of browser sessions with accounts that copy access keys from the portal. Chosen."""

CONSOLES: Final = Quantiles.through({0: 1, 55: 1, 80: 2, 93: 3, 100: 4})
"""Consoles opened in a session. Chosen."""

NEXT_CONSOLE: Final = Quantiles.through(
    {0: 10 * SECOND, 20: 90 * SECOND, 50: 35 * MINUTE, 85: 2 * HOUR, 100: 4 * HOUR}
)
"""From one console to the next. Chosen."""

RELOADS: Final = 500_000
"""Share of later consoles before which the portal is loaded again. Chosen."""

FAVOURITE: Final = 600_000
"""Share of visits to the account and permission set that a person uses most. Chosen."""

BEFORE_SIGN_OUT: Final = Quantiles.through(
    {0: 15 * SECOND, 40: 4 * MINUTE, 80: 40 * MINUTE, 100: 2 * HOUR}
)
"""From the last thing done to signing out. Chosen."""

# ---- On the command line ----------------------------------------------------------------

POLLS: Final = Quantiles.through({0: 1, 30: 2, 70: 4, 100: 6})
"""Polls before a device grant is approved, five seconds apart. Chosen after a real pair."""

REFRESHABLE: Final = 850_000
"""Share of CLI sign-ins by a profile with an SSO session, whose tokens are refreshed. Chosen."""

CONFIGURES: Final = 80_000
"""Share of CLI sign-ins that list accounts and roles (`aws configure sso`, seen). Chosen."""

FIRST_CALL: Final = Quantiles.through({0: 1_500, 50: 15_000, 85: 90_000, 100: 30 * MINUTE})
"""From the token to the first role credentials: 15 s (seen in a real pair)."""

NEXT_CALL: Final = Quantiles.through(
    {0: 20 * SECOND, 30: 6 * MINUTE, 60: 50 * MINUTE, 85: 80 * MINUTE, 100: 3 * HOUR}
)
"""From one GetRoleCredentials to the next; those of one profile last an hour. Chosen."""

MOST_CALLS: Final = 10
"""GetRoleCredentials in a CLI session, at most."""

REFRESH: Final = Quantiles.through({0: 45 * MINUTE, 50: 52 * MINUTE, 100: 59 * MINUTE})
"""From one token to its refresh: botocore refreshes in the last quarter of the hour."""

MOST_REFRESHES: Final = 12
"""Refreshes in a CLI session, at most: what fits in the longest span of work."""

CLI_SPAN: Final = Quantiles.through(
    {0: 5 * MINUTE, 20: 40 * MINUTE, 50: 150 * MINUTE, 80: 6 * HOUR, 100: 9 * HOUR}
)
"""How long work on the command line goes on. Chosen."""

# ---- Administrators -----------------------------------------------------------------------

ROUNDS: Final = 2_000_000
"""Rounds an administrator makes on a working day, in millionths. Chosen."""

USER_LOOKED_UP: Final = 8_000
"""How often a user is looked up on a working day, in millionths. Chosen."""

GROUP_LOOKED_UP: Final = 60_000
"""How often a group is looked up on a working day, in millionths. Chosen."""

SAME_PAGE: Final = Quantiles.through({0: 0, 50: 40, 90: 120, 100: 300})
"""Between the calls of one console page: twenty or so within a second (seen)."""

SCRIPTED: Final = Quantiles.through({0: 400, 50: 900, 90: 1_800, 100: 4_000})
"""Between the calls of a script that loops: 0.5 to 2 s."""

ROLE_SESSION: Final = 4 * HOUR
"""How long an administrator works with one role session. Chosen."""

ROLE_AGE: Final = 40 * MINUTE
"""Most a role session may have lasted when its four hours begin. Chosen."""

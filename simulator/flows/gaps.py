"""How long things take: the times between events, as percentiles in milliseconds.

Medians of password typing (6 to 11 s), of codes (7 s) and of the pause before forced
enrolment (5 s) come from AWS's published examples; the spread is inferred.
"""

from __future__ import annotations

from typing import Final

from simulator.primitives.quantiles import Quantiles

NOW: Final = Quantiles.through({0: 0, 100: 0})
"""At once, but in a request of its own."""

INSTANT: Final = Quantiles.through({0: 0, 50: 120, 90: 600, 100: 1_500})
"""A follow-up request that a page sends by itself."""

ASSUMED: Final = Quantiles.through({0: 40, 50: 220, 90: 600, 100: 1_000})
"""From the portal's request to the role that is taken for it: 0 to 1 s (seen)."""

AT_ONCE: Final = Quantiles.through({0: 15, 50: 60, 90: 180, 100: 400})
"""One machine after another, within the same second mostly (seen)."""

LANDING: Final = Quantiles.through({0: 300, 50: 1_000, 90: 1_700, 100: 2_000})
"""From the sign-in token to the console that opens: 0 to 2 s (seen)."""

FIRST_USE: Final = Quantiles.through({0: 60, 50: 350, 90: 750, 100: 1_000})
"""From credentials to the first call with them: 0 to 1 s (seen)."""

PAGE: Final = Quantiles.through({0: 150, 50: 700, 90: 2_200, 99: 6_000, 100: 12_000})
"""A page that loads."""

CLICK: Final = Quantiles.through({0: 800, 50: 3_500, 90: 15_000, 99: 60_000, 100: 180_000})
"""A person who reads a page and clicks."""

PASSWORD: Final = Quantiles.through(
    {0: 2_000, 5: 3_500, 50: 8_000, 90: 18_000, 99: 55_000, 100: 120_000}
)
"""Typing a password, or letting a manager fill it in."""

RETYPED: Final = Quantiles.through({0: 1_800, 50: 6_500, 90: 16_000, 99: 45_000, 100: 90_000})
"""Typing a password again."""

REISSUED: Final = Quantiles.through({0: 0, 60: 150, 100: 1_000})
"""A challenge issued again after a wrong answer."""

CODE: Final = Quantiles.through({0: 2_500, 50: 7_000, 90: 16_000, 99: 40_000, 100: 90_000})
"""Reading a code off an authenticator and typing it."""

TOUCH: Final = Quantiles.through({0: 1_200, 50: 4_500, 90: 9_000, 99: 25_000, 100: 60_000})
"""Touching a security key, or a fingerprint."""

MAIL: Final = Quantiles.through({0: 12_000, 50: 38_000, 90: 90_000, 99: 240_000, 100: 420_000})
"""Waiting for an e-mail and typing the code in it."""

RESYNC: Final = Quantiles.through({0: 25_000, 50: 42_000, 90: 75_000, 100: 150_000})
"""Waiting for a second code, to resynchronise."""

NEW_PASSWORD: Final = Quantiles.through({0: 8_000, 50: 25_000, 90: 60_000, 100: 180_000})
"""Thinking up a password and typing it twice."""

ENROLMENT_NOTICE: Final = Quantiles.through({0: 3_000, 50: 5_000, 90: 8_000, 100: 15_000})
"""From the password to the page that demands a device."""

SCAN: Final = Quantiles.through({0: 12_000, 50: 26_000, 90: 58_000, 99: 120_000, 100: 240_000})
"""Scanning a code with an authenticator app and typing what it shows."""

KEY_SETUP: Final = Quantiles.through({0: 3_500, 50: 8_500, 90: 20_000, 100: 60_000})
"""Registering a security key."""

POLL: Final = Quantiles.through({0: 5_000, 50: 5_050, 90: 5_400, 100: 6_000})
"""The CLI's polling interval of five seconds, and the way there and back."""

IDP: Final = Quantiles.through({0: 1_500, 50: 6_000, 90: 25_000, 100: 120_000})
"""Going back to the identity provider and trying again."""

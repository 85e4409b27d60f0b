"""What `aws sso login` leaves behind: polls and tokens.

RegisterClient and StartDeviceAuthorization are unauthenticated, so that no account
receives them. Pending polls are delivered with null responseElements (seen).
"""

from __future__ import annotations

from typing import Final

from simulator.flows import gaps
from simulator.flows.steps import Flow, Step
from simulator.primitives.conditions import at_least

MAX_POLLS: Final = 20
"""Polls a device grant may need before it is approved."""

DEVICE, CODE, REFRESH = 0, 1, 2
"""Values of column `grant`."""

_COLUMNS = frozenset(
    {"user", "session_high", "session_low", "session_end", "client_high", "client_low"}
)
_GRANTED, _PENDING = 0, 2

DEVICE_GRANT: Final = Flow(
    "device-grant",
    (
        *(
            Step(
                f"poll-{nth}",
                "sso/CreateToken",
                gaps.NOW if nth == 1 else gaps.POLL,
                at_least("polls", nth),
                {"grant": DEVICE, "outcome": _PENDING},
            )
            for nth in range(1, MAX_POLLS + 1)
        ),
        Step("token", "sso/CreateToken", gaps.POLL, sets={"grant": DEVICE, "outcome": _GRANTED}),
    ),
    _COLUMNS | {"polls", "expires_in"},
)

CODE_GRANT: Final = Flow(
    "code-grant",
    (Step("token", "sso/CreateToken", gaps.PAGE, sets={"grant": CODE, "outcome": _GRANTED}),),
    _COLUMNS | {"expires_in", "redirect_port"},
)

REFRESH_GRANT: Final = Flow(
    "refresh",
    (Step("token", "sso/CreateToken", gaps.NOW, sets={"grant": REFRESH, "outcome": _GRANTED}),),
    _COLUMNS | {"expires_in"},
)

FLOWS: Final = (DEVICE_GRANT, CODE_GRANT, REFRESH_GRANT)

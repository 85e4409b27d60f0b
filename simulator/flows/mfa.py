"""What looking after MFA devices leaves behind, by the user or by an administrator.

Source: IAM Identity Center User Guide, "Logging IAM Identity Center API calls"; the order
of the portal's calls is inferred. The portal lists the devices before and after a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.flows import gaps
from simulator.flows.steps import Flow, Step
from simulator.primitives.conditions import both, equals

if TYPE_CHECKING:
    from simulator.primitives.quantiles import Quantiles

TOTP, WEBAUTHN = 1, 2
"""Values of column `device_type`."""

_LIST = "sso-directory/ListMfaDevicesForUser"
_COLUMNS = frozenset({"user"})
_SELF = frozenset({"session_high", "session_low"})
_ADMIN = frozenset({"admin", "admin_kind", "actor", "console", "role_high", "role_low", "role_at"})
_DEVICE = frozenset({"device"})
_NAMED = _DEVICE | {"device_name"}


def _registration(device: int, event: str, effort: Quantiles) -> tuple[Step, Step]:
    started = equals("device_type", device)
    return (
        Step(f"start-{event}", f"sso-directory/Start{event}", gaps.CLICK, started),
        Step(
            f"complete-{event}",
            f"sso-directory/Complete{event}",
            effort,
            both(started, equals("completes", 1)),
        ),
    )


_REGISTRATION = (
    *_registration(TOTP, "VirtualMfaDeviceRegistration", gaps.SCAN),
    *_registration(WEBAUTHN, "WebAuthnDeviceRegistration", gaps.KEY_SETUP),
)


def _before() -> Step:
    return Step("devices-before", _LIST, gaps.NOW)


def _after() -> Step:
    return Step("devices-after", _LIST, gaps.INSTANT)


_UPDATE = Step("update", "sso-directory/UpdateMfaDeviceForUser", gaps.CLICK)
_DELETE = Step("delete", "sso-directory/DeleteMfaDeviceForUser", gaps.CLICK)

REGISTER: Final = Flow(
    "register-device",
    (
        _before(),
        *_REGISTRATION,
        Step("devices-after", _LIST, gaps.INSTANT, equals("completes", 1)),
    ),
    _COLUMNS | _SELF | _NAMED | {"device_type", "completes"},
)
RENAME: Final = Flow("rename-device", (_before(), _UPDATE, _after()), _COLUMNS | _SELF | _NAMED)
DELETE: Final = Flow("delete-device", (_before(), _DELETE, _after()), _COLUMNS | _SELF | _DEVICE)
LIST: Final = Flow("list-devices", (_before(),), _COLUMNS | _SELF)

ADMIN_REGISTER: Final = Flow(
    "admin-register-device",
    _REGISTRATION,
    _COLUMNS | _ADMIN | _NAMED | {"device_type", "completes"},
)
ADMIN_RENAME: Final = Flow("admin-rename-device", (_UPDATE,), _COLUMNS | _ADMIN | _NAMED)
ADMIN_DELETE: Final = Flow("admin-delete-device", (_DELETE,), _COLUMNS | _ADMIN | _DEVICE)
ADMIN_LIST: Final = Flow("admin-list-devices", (_before(),), _COLUMNS | _ADMIN)

ADMIN_FLOWS: Final = (ADMIN_REGISTER, ADMIN_RENAME, ADMIN_DELETE, ADMIN_LIST)
"""What administrators do with the devices of others."""

FLOWS: Final = (REGISTER, RENAME, DELETE, LIST, *ADMIN_FLOWS)

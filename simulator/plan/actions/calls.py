"""Single calls as a scenario says them, and the calls of the console's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.flows import mfa
from simulator.plan.calls import call, command_of
from simulator.plan.responses import answered
from simulator.plan.scripts import DIRECTORY, INSTANCE, STORE, Line, known, run
from simulator.primitives.quantiles import Quantiles
from simulator.records.api.operations import OPERATIONS
from simulator.scenario.payloads import payload

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.plan.stage import Act, Stage
    from simulator.scenario.actions import Call, OpenIdentityCenterConsole

BURST: Final = Quantiles.through({0: 0, 50: 90, 90: 280, 100: 600})
"""Between the calls of a page: ten or so within a second or two (seen)."""


def _call(stage: Stage, act: Act[Call]) -> int:
    entry = act.entry
    operation = OPERATIONS[entry.operation]
    values = known(stage)
    usual = {
        "instanceArn": values["$instance"],
        "identityStoreId": values["$store"],
        "directoryId": values["$store"],
    }
    request: dict[str, Any] = {}
    response = None
    if operation.request is not None:
        request, _ = payload(operation.request, entry.parameters, (), usual)
    if operation.response is not None and not operation.read_only and entry.error is None:
        if entry.response is None:
            response = answered(stage, act, operation.kind, operation.response, request)
        elif entry.response:
            response, _ = payload(operation.response, entry.response, (), usual)
    console = entry.via == "console"
    return call(
        stage,
        act,
        act.at,
        operation.kind,
        caller=stage.admin_place(act, console=console, command=command_of(operation.kind)),
        request=request,
        response=response,
        error=None if entry.error is None else (entry.error.code, entry.error.message),
    )


def _reads(*rows: tuple[str, dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(kind, request, gap=BURST) for kind, request in rows)


_EVERY_PAGE: Final = _reads(
    ("sso/GetSsoConfiguration", {}),
    ("sso/DescribeRegisteredRegions", {}),
    ("sso/ListInstances", {}),
    ("sso/DescribeInstance", INSTANCE),
    ("sso/ListDirectoryAssociations", {}),
    ("sso-directory/DescribeDirectory", {}),
)
_ALL_SETS: Final = ("sso/ListPermissionSets", {**INSTANCE, "maxResults": 100})
_ALL_APPLICATIONS: Final = ("sso/ListApplications@api", {**INSTANCE, "maxResults": 100})
_IN_ORGANIZATION: Final = {"servicePrincipal": "sso.amazonaws.com"}

# The calls were seen; Unverified: their order, and which page makes which beyond those that
# list what the page shows.
PAGES: Final[dict[str, tuple[Line, ...]]] = {
    "dashboard": _reads(
        ("sso-directory/SearchUsers", {}),
        ("sso-directory/SearchGroups", {}),
        _ALL_SETS,
        _ALL_APPLICATIONS,
    ),
    "users": _reads(
        ("sso-directory/SearchUsers", {}), ("sso-directory/ListProvisioningTenants", STORE)
    ),
    "groups": _reads(
        ("sso-directory/SearchGroups", {}), ("sso-directory/ListProvisioningTenants", STORE)
    ),
    "accounts": _reads(
        ("organizations/DescribeOrganization", {}), ("organizations/ListAccounts", {}), _ALL_SETS
    ),
    "permission-sets": _reads(_ALL_SETS, ("organizations/ListAccounts", {})),
    "applications": _reads(
        ("sso/ListApplicationProviders", {"maxResults": 100}), _ALL_APPLICATIONS
    ),
    "settings": _reads(
        ("sso-directory/ListExternalIdPConfigurationsForDirectory", DIRECTORY),
        ("sso-directory/ListProvisioningTenants", STORE),
        ("organizations/ListDelegatedAdministrators", _IN_ORGANIZATION),
        ("sso/ListTrustedTokenIssuers", INSTANCE),
    ),
}
"""Page of the console to the calls it makes after those that every page makes."""


def _open_console(stage: Stage, act: Act[OpenIdentityCenterConsole]) -> int:
    at = run(stage, act, (*_EVERY_PAGE, *PAGES[act.entry.page]), known(stage))
    for name in act.entry.users:
        at += stage.pause(act, BURST)
        person = stage.person(act, name)
        place = stage.admin_place(act, console=True, command="")
        at = stage.play(mfa.ADMIN_LIST, act, at, **place, user=person.index)
    return at


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "call": _call,
    "open-identity-center-console": _open_console,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""

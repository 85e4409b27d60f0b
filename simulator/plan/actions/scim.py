"""Actions by the identity provider's provisioning client, and the episodes they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.plan import provisioning
from simulator.plan.actions.directory import (
    NEXT_CALL,
    candidate,
    change_member,
    drop_group,
    new_group,
)
from simulator.plan.calls import call
from simulator.primitives.quantiles import Quantiles
from simulator.records.eras.first.scim import SOURCE
from simulator.scenario.actions import nth_group_name, nth_user_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.plan.stage import Act, GroupState, Person, Stage
    from simulator.scenario.actions import (
        ScimChangeMembers,
        ScimChangeUser,
        ScimCreateGroup,
        ScimCreateUser,
        ScimDeleteGroup,
        ScimDiscover,
        ScimSync,
        ScimUpdateUser,
    )

BACK_OFF: Final = Quantiles.through({0: 900, 50: 2_500, 90: 12_000, 100: 60_000})
"""Between a call that failed and the same call again. Unverified."""

MOST_MEMBERS: Final = 100
"""Members that one call may add or remove."""

FAILURES: Final = {
    "missing-path": ("ValidationException", "Missing path in PATCH request"),
    "too-many-emails": (
        "ValidationException",
        "List attribute emails exceeds allowed limit of 1",
    ),
    "duplicate-name": ("ConflictException", "Duplicate GroupDisplayName"),
    # Unverified: no published example of a throttled call.
    "throttled": ("ThrottlingException", "Rate exceeded"),
}
"""Answer to the errorCode and errorMessage of its record."""

_USER_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP_SCHEMA: Final = "urn:ietf:params:scim:schemas:core:2.0:Group"
_SCHEMAS: Final = (_USER_SCHEMA, _GROUP_SCHEMA)
_MASKED: Final = ""
"""Whatever it is, records do not show it."""


@dataclass(slots=True)
class _Run:
    """The calls of one action, each after the one before."""

    stage: Stage
    act: Act[Any]
    at: int
    has_begun: bool = False
    has_failed: bool = False

    def call(
        self,
        operation: str,
        request: Mapping[str, object],
        *,
        about: Person | None = None,
        answer: str = "done",
        response: Callable[[int], Mapping[str, object]] | None = None,
    ) -> None:
        """Write a call, unless CloudTrail knows nothing of it.

        Args:
            answer: `done`, or one of `FAILURES`.
            response: What it is answered when it is done at an instant.
        """
        stage, act = self.stage, self.act
        if self.has_begun:
            self.at += stage.pause(act, BACK_OFF if self.has_failed else NEXT_CALL)
        self.has_begun, self.has_failed = True, answer != "done"
        client = provisioning.client_of(stage, act)
        if not provisioning.is_recorded(stage, act, self.at):
            return
        caller = provisioning.place(stage, act)
        self.at = call(
            stage,
            act,
            self.at,
            f"{SOURCE}/{operation}",
            caller=caller if about is None else {**caller, "user": about.index},
            request={**request, "tenantId": client.tenant},
            response=None if response is None or self.has_failed else response(self.at),
            error=FAILURES[answer] if self.has_failed else None,
        )

    def look_up(self, what: str, known: Person | GroupState | None) -> None:
        """Write how the client finds a user or group before it writes."""
        client = provisioning.client_of(self.stage, self.act)
        if known is None or not client.habits.gets:
            self.call(f"List{what}s", {})
        else:
            self.get(what, known)

    def get(self, what: str, known: Person | GroupState) -> None:
        """Write that the client reads one user or group."""
        about = known if what == "User" else None
        self.call(
            f"Get{what}",
            {"id": self.id_of(what, known)},
            about=about,  # type: ignore[arg-type]  # a user is a person
        )

    def id_of(self, what: str, known: Person | GroupState) -> str:
        """Return the id of a user or group."""
        return self.stage.registry.text(f"{what.lower()}.id", known.index)


def _user_body(*, active: bool) -> dict[str, object]:
    return {
        "displayName": _MASKED,
        "schemas": [_USER_SCHEMA],
        "name": {"familyName": _MASKED, "givenName": _MASKED},
        "active": active,
        "userName": _MASKED,
    }


def _meta(what: str, created: int, at: int) -> dict[str, object]:
    return {"created": created, "lastModified": at, "resourceType": what}


def _patch(op: str, paths: Sequence[str], *, has_path: bool = True) -> dict[str, object]:
    """Return the body of a patch; only what is removed as a whole has no value."""
    has_value = op != "REMOVE" or not has_path or paths == ("members",)
    return {
        "operations": [
            {
                "op": op,
                **({"path": path} if has_path else {}),
                **({"value": _MASKED} if has_value else {}),
            }
            for path in paths
        ],
        "schemas": [_MASKED],
    }


def _resource(run: _Run, person: Person, *, active: bool) -> Callable[[int], dict[str, object]]:
    """Return what a call about a user is answered, by when it is done."""
    return lambda at: {
        "meta": _meta("User", provisioning.created(run.stage, person), at),
        "id": run.id_of("User", person),
        **_user_body(active=active),
    }


def _create_user(stage: Stage, act: Act[ScimCreateUser]) -> int:
    entry = act.entry
    run = _Run(stage, act, act.at)
    run.look_up("User", None)
    body = {"httpBody": _user_body(active=True)}
    for answer in entry.answers:
        if answer != "done":
            run.call("CreateUser", body, answer=answer)
            continue
        name = nth_user_name(entry.new_user.name, act.nth)
        given = entry.new_user.id if act.nth == 0 else None
        person = stage.create_user(act, name, given, has_password=True)

        def response(at: int, person: Person = person) -> Mapping[str, object]:
            person.created_at = at
            return _resource(run, person, active=True)(at)

        run.call("CreateUser", body, about=person, response=response)
        person.created_at = run.at
    return run.at


def _write_user(
    run: _Run,
    person: Person,
    answers: Sequence[str],
    operation: str,
    body: Callable[[str], dict[str, object]],
) -> bool:
    """Write a change of a user until it is done, and return whether it is."""
    for answer in answers:
        run.call(
            operation,
            {"httpBody": body(answer), "id": run.id_of("User", person)},
            about=person,
            answer=answer,
            response=_resource(run, person, active=person.is_active),
        )
    return answers[-1] == "done"


def _update_user(stage: Stage, act: Act[ScimUpdateUser]) -> int:
    entry = act.entry
    person = stage.person(act, entry.user)
    run = _Run(stage, act, act.at)
    run.look_up("User", person)
    if entry.by == "put":
        _write_user(
            run,
            person,
            entry.answers,
            "PutUser",
            lambda _: {**_user_body(active=person.is_active), "id": run.id_of("User", person)},
        )
    else:
        op = entry.op.upper()
        _write_user(
            run,
            person,
            entry.answers,
            "PatchUser",
            lambda answer: _patch(op, entry.attributes, has_path=answer != "missing-path"),
        )
    return run.at


def _change_user(stage: Stage, act: Act[ScimChangeUser]) -> int:
    entry = act.entry
    person = stage.person(act, entry.user)
    run = _Run(stage, act, act.at)
    run.look_up("User", person)
    if entry.does == "scim-delete-user":
        for answer in entry.answers:
            run.call("DeleteUser", {"id": run.id_of("User", person)}, about=person, answer=answer)
        if entry.answers[-1] == "done":
            stage.delete_user(person, run.at)
        return run.at
    active = entry.does == "scim-activate-user"
    if person.is_active == active:
        stage.refuse(act, f"{person.name} is {'active' if active else 'deactivated'} by then")
    before, person.is_active = person.is_active, active
    if _write_user(
        run, person, entry.answers, "PatchUser", lambda _: _patch("REPLACE", ("active",))
    ):
        stage.timeline.change(person.index, run.at, exists=active)
    else:
        person.is_active = before
    return run.at


def _patch_members(
    run: _Run, group: GroupState, users: Sequence[str], answers: Sequence[str], *, adds: bool
) -> None:
    """Write a change of a group's members, a hundred a call, and let it be so."""
    stage, act = run.stage, run.act
    op = "ADD" if adds else "REMOVE"
    people = [candidate(stage, act, group, name, adds=adds) for name in users]
    for first in range(0, len(people), MOST_MEMBERS):
        for answer in answers:
            run.call(
                "PatchGroup",
                {
                    "httpBody": _patch(op, ("members",), has_path=answer != "missing-path"),
                    "id": run.id_of("Group", group),
                },
                answer=answer,
            )
        if answers[-1] == "done":
            for person in people[first : first + MOST_MEMBERS]:
                change_member(stage, group, person, run.at, adds=adds)


def _create_group(stage: Stage, act: Act[ScimCreateGroup]) -> int:
    entry = act.entry
    run = _Run(stage, act, act.at)
    run.look_up("Group", None)
    body = {"httpBody": {"displayName": _MASKED}}
    group = None
    for answer in entry.answers:
        if answer == "done":
            made = group = new_group(stage, act, entry.group)
            run.call(
                "CreateGroup",
                body,
                response=lambda at, made=made: {  # type: ignore[misc]  # made is a group
                    "meta": _meta("Group", at, at),
                    "displayName": _MASKED,
                    "schemas": [_GROUP_SCHEMA],
                    "id": run.id_of("Group", made),
                },
            )
        else:
            run.call("CreateGroup", body, answer=answer)
    if entry.answers[-1] == "duplicate-name":
        group = stage.group(act, nth_group_name(entry.group.name, act.nth))
        run.look_up("Group", None)
    if group is not None:
        _patch_members(run, group, entry.users, ("done",), adds=True)
    return run.at


def _change_members(stage: Stage, act: Act[ScimChangeMembers]) -> int:
    entry = act.entry
    group = stage.group(act, entry.group)
    run = _Run(stage, act, act.at)
    run.look_up("Group", group)
    adds = entry.does == "scim-add-members"
    _patch_members(run, group, entry.users, entry.answers, adds=adds)
    return run.at


def _delete_group(stage: Stage, act: Act[ScimDeleteGroup]) -> int:
    entry = act.entry
    group = stage.group(act, entry.group)
    run = _Run(stage, act, act.at)
    run.look_up("Group", group)
    for answer in entry.answers:
        run.call("DeleteGroup", {"id": run.id_of("Group", group)}, answer=answer)
    if entry.answers[-1] == "done":
        drop_group(stage, act, group, run.at)
    return run.at


def _sync(stage: Stage, act: Act[ScimSync]) -> int:
    run = _Run(stage, act, act.at)
    run.call("ListUsers", {})
    for name in act.entry.users:
        run.get("User", stage.person(act, name))
    run.call("ListGroups", {})
    for name in act.entry.groups:
        run.get("Group", stage.group(act, name))
    return run.at


def _discover(stage: Stage, act: Act[ScimDiscover]) -> int:
    run = _Run(stage, act, act.at)
    for operation in ("ServiceProviderConfig", "ListResourceTypes", "ListSchemas"):
        run.call(operation, {})
    for schema in _SCHEMAS:
        run.call("GetSchema", {"id": schema})
    return run.at


ACTIONS: Final[dict[str, Callable[[Stage, Act[Any]], int]]] = {
    "scim-create-user": _create_user,
    "scim-update-user": _update_user,
    "scim-deactivate-user": _change_user,
    "scim-activate-user": _change_user,
    "scim-delete-user": _change_user,
    "scim-create-group": _create_group,
    "scim-add-members": _change_members,
    "scim-remove-members": _change_members,
    "scim-delete-group": _delete_group,
    "scim-sync": _sync,
    "scim-discover": _discover,
}
"""Action to what it does: writes episodes, changes the stage, returns when it ends."""

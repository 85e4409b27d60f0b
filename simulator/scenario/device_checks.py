"""Whether MFA devices are there to be registered, renamed and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.scenario import actions
from simulator.scenario.directory_checks import listed_users
from simulator.scenario.portal_checks import portal
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.scene import LiveUser, Scene, Step


def own_mfa(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield why a user cannot manage MFA devices in the portal."""
    yield from _not_external(scene, step)
    yield from portal(scene, step)


def _not_external(scene: Scene, step: Step) -> Iterator[Problem]:
    if scene.source == "external-idp":
        words = "with an external IdP, MFA is the provider's"
        yield Problem((*step.where, "does"), words)


def _register(scene: Scene, step: Step, user: LiveUser, *, completes: bool) -> Iterator[Problem]:
    entry: Any = step.entry
    if entry.type not in scene.scenario.instance.mfa.devices:
        words = f"the instance's mfa.devices has no {entry.type}"
        yield Problem((*step.where, "type"), words)
    if entry.name in user.devices:
        yield Problem((*step.where, "name"), f"{user.name} has a device of this name by then")
    if entry.device_id is not None and entry.repeat is not None:
        words = "an id is of one device: leave out repeat or device_id"
        yield Problem((*step.where, "device_id"), words)
    if completes:
        user.devices[entry.name] = entry.type


def _rename(step: Step, user: LiveUser) -> Iterator[Problem]:
    entry: Any = step.entry
    if entry.device not in user.devices:
        yield _no_device(step, user)
    elif entry.name == entry.device:
        yield Problem((*step.where, "name"), "that is its name already")
    elif entry.name in user.devices:
        yield Problem((*step.where, "name"), f"{user.name} has a device of this name by then")
    else:
        user.devices = {
            entry.name if name == entry.device else name: kind
            for name, kind in user.devices.items()
        }


def _delete(step: Step, user: LiveUser) -> Iterator[Problem]:
    entry: Any = step.entry
    if entry.device not in user.devices:
        yield _no_device(step, user)
    user.devices.pop(entry.device, None)


def _no_device(step: Step, user: LiveUser) -> Problem:
    entry: Any = step.entry
    if user.devices:
        known = suggestion(entry.device, user.devices)
        known = known or f"; there is {', '.join(sorted(user.devices))}"
    else:
        known = "; there is none"
    return Problem((*step.where, "device"), f"{user.name} has no such device by then{known}")


def register_own(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check a registration in the portal, and give the user the device."""
    entry = step.entry
    assert isinstance(entry, actions.RegisterMfaDevice)
    yield from own_mfa(scene, step)
    if step.user in scene.users:
        user = scene.users[step.user]
        yield from _register(scene, step, user, completes=entry.completes)


def rename_own(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check a new name given in the portal, and rename the device."""
    yield from own_mfa(scene, step)
    if step.user in scene.users and scene.source != "external-idp":
        yield from _rename(step, scene.users[step.user])


def delete_own(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check a removal in the portal, and take the device away."""
    yield from own_mfa(scene, step)
    if step.user in scene.users and scene.source != "external-idp":
        yield from _delete(step, scene.users[step.user])


def admin_register(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    """Check a registration by an administrator, and give the user the device."""
    yield from _not_external(scene, step)
    yield from _register(scene, step, user, completes=True)


def admin_rename(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    """Check a new name given by an administrator, and rename the device."""
    yield from _not_external(scene, step)
    if scene.source != "external-idp":
        yield from _rename(step, user)


def admin_delete(scene: Scene, step: Step, user: LiveUser) -> Iterator[Problem]:
    """Check a removal by an administrator, and take the device away."""
    yield from _not_external(scene, step)
    if scene.source != "external-idp":
        yield from _delete(step, user)


def admin_list(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the users whose devices are listed."""
    entry = step.entry
    assert isinstance(entry, actions.AdminListMfaDevices)
    yield from _not_external(scene, step)
    yield from listed_users(scene, step, entry.users)

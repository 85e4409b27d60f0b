"""Whether what is done with the instance is possible by then, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.primitives.instants import parse_instant
from simulator.scenario import actions
from simulator.scenario.resolve import owner
from simulator.scenario.wording import Problem, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.scene import Scene, Step

REGIONS_SINCE: Final = parse_instant("2026-02-01")
"""Instances have more than one Region since then. Unverified: the day."""

_OF_THE_ORGANIZATION: Final = "an account instance belongs to no organization"


def needs_instance(scene: Scene, step: Step) -> Iterator[Problem]:
    """Yield a finding if an entry needs the instance and it is deleted by then.

    Whatever is done with it first shows that it has been enabled.
    """
    if isinstance(step.entry, actions.Call | actions.EnableIdentityCenter):
        return
    if scene.instance.is_enabled is False:
        yield Problem(step.where, "the instance is deleted by then")
    elif scene.instance.is_enabled is None:
        scene.instance.is_enabled = True


def _by_account(scene: Scene, step: Step, account: str) -> Iterator[Problem]:
    """Yield a finding unless the administrator is of an account."""
    admin = scene.admin(step)
    if admin is not None and (admin.account or owner(scene.scenario)) != account:
        words = f"is done from account {account}: {admin.name} is of another one"
        yield Problem(step.where, words)


def enable(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that the instance is not there yet, and let it be."""
    entry, scenario = step.entry, scene.scenario
    assert isinstance(entry, actions.EnableIdentityCenter)
    if scene.instance.is_enabled is not None:
        state = "enabled" if scene.instance.is_enabled else "deleted"
        yield Problem(step.where, f"the instance is {state} by then: a scenario has one")
    scene.instance.is_enabled = True
    yield from _by_account(scene, step, owner(scenario))
    if scenario.instance.kind == "account":
        return
    if entry.name is not None:
        yield Problem((*step.where, "name"), "only an account instance has a name", at_key=True)
    if scene.via(step, entry) == "api":
        words = "an organization instance is enabled in the console: say via: console"
        yield Problem((*step.where, "via"), words)


def delete(scene: Scene, step: Step) -> Iterator[Problem]:
    """Let the instance be gone."""
    scene.instance.is_enabled = False
    background = scene.scenario.background
    if background.events or background.intensity:
        yield Problem(step.where, "everyday activity would go on: say background: {events: 0}")
    yield from _by_account(scene, step, owner(scene.scenario))


def delegate(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check the member account, and that it administers the instance by then, or does not."""
    entry, instance = step.entry, scene.instance
    assert isinstance(entry, actions.DelegateAdministration)
    if scene.scenario.instance.kind == "account":
        yield Problem((*step.where, "does"), _OF_THE_ORGANIZATION)
        return
    management = scene.scenario.organization.management_account.name
    yield from _by_account(scene, step, management)
    where = (*step.where, "account")
    if scene.accounts.get(entry.account) != (entry.account,):
        yield Problem(where, f"no such account{suggestion(entry.account, scene.accounts)}")
    elif entry.account == management:
        yield Problem(where, "expected a member account, this is the management account")
    elif entry.does.startswith("register"):
        if instance.delegated is not None:
            yield Problem(where, f"{instance.delegated} administers it by then: there is one")
        instance.delegated = entry.account
    elif instance.delegated != entry.account:
        yield Problem(where, f"{entry.account} does not administer it by then")
    else:
        instance.delegated = None


def change_source(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that the identity source changes, and change it."""
    entry = step.entry
    assert isinstance(entry, actions.ChangeIdentitySource)
    # One external identity provider may take another's place.
    if entry.to == scene.instance.source != "external-idp":
        yield Problem((*step.where, "to"), "that is the identity source by then")
    scene.instance.source = entry.to
    for field in ("idp_id", "certificate_id"):
        if getattr(entry, field) is not None and entry.to != "external-idp":
            yield Problem((*step.where, field), "only an external-idp has one", at_key=True)
    if entry.directory_id is not None and entry.to != "active-directory":
        words = "only active-directory has one"
        yield Problem((*step.where, "directory_id"), words, at_key=True)


def enable_provisioning(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that nobody is provisioned yet, and let a first token be."""
    entry, instance = step.entry, scene.instance
    assert isinstance(entry, actions.EnableProvisioning)
    if instance.is_provisioned:
        yield Problem(step.where, "provisioning is enabled by then")
    instance.is_provisioned, instance.tokens = True, {entry.token}


def change_token(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a token is there by then, or is not, and change that."""
    entry, instance = step.entry, scene.instance
    assert isinstance(entry, actions.ChangeProvisioningToken)
    yield from _provisioned(scene, step)
    where = (*step.where, "token")
    if entry.does == "create-provisioning-token":
        if instance.tokens is not None and entry.token in instance.tokens:
            yield Problem(where, f"there is a token {entry.token} by then")
        elif instance.tokens is not None:
            instance.tokens.add(entry.token)
    elif instance.tokens is not None:
        if entry.token not in instance.tokens:
            yield Problem(where, f"no such token by then{suggestion(entry.token, instance.tokens)}")
        instance.tokens.discard(entry.token)


def end_provisioning(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that provisioning is enabled, and end it if that is meant."""
    yield from _provisioned(scene, step)
    if step.entry.does == "disable-provisioning":
        scene.instance.is_provisioned, scene.instance.tokens = False, set()


def _provisioned(scene: Scene, step: Step) -> Iterator[Problem]:
    if scene.instance.is_provisioned is False:
        yield Problem(step.where, "provisioning is disabled by then")


def change_regions(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that a Region is not there yet, or is and may go, and change that."""
    entry, regions = step.entry, scene.instance.regions
    assert isinstance(entry, actions.ChangeRegions)
    where = (*step.where, "region")
    if step.at < REGIONS_SINCE:
        yield Problem(step.where, "an instance has one Region before 2026-02-01")
    if entry.does == "add-region":
        if entry.region in regions:
            yield Problem(where, f"the instance is in {entry.region} by then")
        regions.add(entry.region)
    elif entry.region == scene.scenario.instance.region:
        yield Problem(where, "the instance lives there")
    elif entry.region not in regions:
        yield Problem(where, f"the instance is not in {entry.region} by then")
    else:
        regions.remove(entry.region)


def set_attributes(scene: Scene, step: Step) -> Iterator[Problem]:
    """Check that there is something to turn off."""
    entry = step.entry
    assert isinstance(entry, actions.SetAccessControlAttributes)
    if not entry.attributes and scene.instance.has_attributes is False:
        yield Problem(step.where, "there are no attributes for access control by then")
    scene.instance.has_attributes = bool(entry.attributes)


def change_mfa(_scene: Scene, _step: Step) -> Iterator[Problem]:
    """Accept any change."""
    return iter(())

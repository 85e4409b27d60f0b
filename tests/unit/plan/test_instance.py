"""What administrators do with the instance itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from simulator import compile_scenario, prepare
from simulator.scenario.library import read

CASE = Path(__file__).parents[2] / "scenarios" / "valid" / "instance.yaml"


@pytest.fixture(name="records")
def _records(engine: Any) -> list[dict[str, Any]]:
    plan, _ = compile_scenario(prepare(read(CASE.read_text(encoding="utf-8"), "file")))
    return [orjson.loads(line) for line in engine.render(plan, 0, plan.horizon).lines]


def payload_of(records: list[dict[str, Any]], name: str, which: int = 0) -> dict[str, Any]:
    """Return the parameters and the answer of a call together."""
    found = [record for record in records if record["eventName"] == name][which]
    return {**found["requestParameters"], **(found["responseElements"] or {})}


def test_ids_of_what_is_made_may_be_given(records: list[dict[str, Any]]) -> None:
    """They stand in the answer of the creation and in the parameters of what follows."""
    idp, tenant = "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "Hw56ba7b812-9dad-41d1-80b4-00c04fd430c8"
    configuration = "ExternalIdPConfigurationForDirectory"

    for verb in ("Create", "Enable", "Disable", "Delete"):
        assert payload_of(records, f"{verb}{configuration}")["idpId"] == idp
    for name in ("CreateProvisioningTenant", "ListBearerTokens", "DeleteProvisioningTenant"):
        assert payload_of(records, name)["tenantId"] == tenant
    for which, token in enumerate(("6ba7b813", "6ba7b814")):
        assert payload_of(records, "DeleteBearerToken", which)["tokenId"].startswith(token)
    assert payload_of(records, "AssociateDirectory", 1)["directoryId"] == "d-9067f3a1b3"


def test_attributes_are_created_then_updated_then_deleted(records: list[dict[str, Any]]) -> None:
    """As long as there are none, asking for them fails."""
    seen = [
        (record["eventName"].removesuffix("InstanceAccessControlAttributeConfiguration"), error)
        for record in records
        if "AccessControlAttribute" in record["eventName"]
        for error in [record.get("errorCode", "")]
    ]

    assert seen == [
        ("Describe", "ResourceNotFoundException"),
        ("Create", ""),
        ("Describe", ""),
        ("Update", ""),
        ("Describe", ""),
        ("Delete", ""),
    ]


def test_a_region_is_asked_for_until_it_is_there(records: list[dict[str, Any]]) -> None:
    """Every ten seconds or so, and by a given time if one is fixed."""
    asked = [r["eventTime"] for r in records if r["eventName"] == "DescribeRegion"]
    removed = next(r["eventTime"] for r in records if r["eventName"] == "RemoveRegion")
    later = [time for time in asked if time > removed]

    assert len(asked) - len(later) == 6
    assert int(later[0][-3:-1]) - int(removed[-3:-1]) in (7, -53)


def test_service_access_is_granted_once(records: list[dict[str, Any]]) -> None:
    """Enabling has done it by the time an account is registered."""
    names = [record["eventName"] for record in records]

    assert names.count("EnableAWSServiceAccess") == 1
    assert names.index("EnableAWSServiceAccess") < names.index("RegisterDelegatedAdministrator")

"""A permission set and what is attached to it, as a scenario writes them.

They stand beside the actions because both the document and its storyline speak of them.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from simulator.primitives.instants import HOUR
from simulator.scenario.actions.entries import Part
from simulator.scenario.scalars import Between, Duration, Flag, JsonObject, Name, Written

ROOT_PATH: Final = "/"

PolicyName = Annotated[
    str,
    Written(r"[\w+=,.@-]{1,128}", "a policy name of up to 128 letters, digits and any of +=,.@-_"),
]
"""The name of a customer managed policy."""

PolicyPath = Annotated[
    str, Written(r"/(?:[\x21-\x7e]{1,510}/)?", "a path such as / or /operations/, with slashes")
]
"""Where in an account's names a policy stands; IAM's own default is `/`."""

Tags = Annotated[dict[Name, Annotated[str, Field(max_length=256)]], Field(max_length=50)]
"""Keys and values of tags."""

SetDuration = Annotated[Duration, AfterValidator(Between(HOUR, 12 * HOUR))]


class PolicyReference(Part):
    """A customer managed policy by its name and path, which may differ in content by account."""

    name: PolicyName
    """Its name, the same in every account."""
    path: PolicyPath = ROOT_PATH
    """Its path, the same in every account."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class Boundary(Part):
    """The policy that is the most a permission set's roles may do."""

    name: Name
    """Its name."""
    path: PolicyPath = ROOT_PATH
    """Its path, of a customer managed policy."""
    aws_managed: Flag = False
    """Whether it is AWS's; otherwise it must exist in each target account."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class AccountPolicy(Part):
    """A customer managed policy in an account."""

    name: PolicyName
    """Its name; an account has no two of one name."""
    path: PolicyPath = ROOT_PATH
    """Its path."""
    description: Annotated[str, Field(max_length=1000)] | None = None
    """Description."""
    document: JsonObject | None = None
    """What it allows, as JSON text; records show it when the policy is created."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value


class PermissionSet(Part):
    """What users may do in the accounts it is assigned in."""

    name: Annotated[
        str,
        Written(r"[\w+=,.@-]{1,32}", "a name of up to 32 letters, digits and any of +=,.@-_"),
    ]
    """Its name, as it stands in role names."""
    id: (
        Annotated[
            str, Written(r"ps-[0-9a-f]{16}", "a permission set id such as ps-7223b02a1c9d8e4f")
        ]
        | None
    ) = None
    """Its id; drawn unless given."""
    description: Annotated[str, Field(max_length=700)] | None = None
    """Description."""
    managed_policies: tuple[Name, ...] = ()
    """Names of AWS managed policies."""
    customer_managed_policies: tuple[PolicyReference, ...] = ()
    """Policies that must exist in each target account; a plain word means its `name`."""
    inline_policy: JsonObject | None = None
    """An inline policy, as JSON text."""
    permissions_boundary: Boundary | None = None
    """The boundary policy; a plain word means a customer managed policy's name."""
    relay_state: str | None = None
    """Where the console opens."""
    session_duration: SetDuration = HOUR
    """How long a role session lasts: 1 to 12 hours."""
    tags: Tags = Field(default_factory=dict)
    """Tags."""

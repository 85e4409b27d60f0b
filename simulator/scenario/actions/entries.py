"""What all actions share: who does it, when, what is fixed, and what follows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, GetPydanticSchema, model_serializer
from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema

from simulator.scenario.scalars import (
    Address,
    Between,
    Duration,
    Id,
    Instant,
    Name,
    RegionName,
    UserAgent,
    Uuid,
    Whole,
    Written,
)

if TYPE_CHECKING:
    from pydantic import SerializerFunctionWrapHandler

DeviceType: TypeAlias = Literal["totp", "webauthn"]
Via: TypeAlias = Literal["console", "api"]
Label: TypeAlias = Literal["benign", "suspicious", "malicious"]
Technique: TypeAlias = Annotated[
    str, Written(r"T\d{4}(?:\.\d{3})?", "an ATT&CK technique such as T1528 or T1110.003")
]
MAX_TRIES = 6
"""Answers one challenge may get in one sign-in: what the sign-in flow is unrolled to."""


class Part(BaseModel):
    """A strict, frozen piece of a scenario: unknown keys are errors."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        # Built when first used: every action knows all others, and a run needs them once.
        defer_build=True,
    )

    # `return_type` because pydantic would look it up anew for every part.
    @model_serializer(mode="wrap", return_type=dict[str, Any])
    def _without_nothing(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is None or empty anyway, and put what follows last."""
        written: dict[str, Any] = write(self)
        for name, field in type(self).model_fields.items():
            usual = {} if field.default_factory is dict else field.default
            if getattr(self, name) == usual:
                for key in {name, field.alias or name} & written.keys():
                    if written[key] in (None, [], (), {}):
                        del written[key]
        if "then" in written:
            written["then"] = written.pop("then")
        return written


class Repeat(Part):
    """Doing the same again."""

    times: Annotated[int, Whole(1, 100_000)]
    """How often in all."""
    every: Annotated[Duration, AfterValidator(Between(1000))]
    """From start to start."""


class Pins(Part):
    """Values a bug report fixes; what is not given is drawn from the entry's key."""

    address: Address | None = None
    """The sourceIPAddress of every record of this entry."""
    user_agent: UserAgent | None = None
    """The userAgent of every record of this entry."""
    workflow_id: Uuid | None = None
    """The AuthWorkflowID of a sign-in."""
    credential_id: Uuid | None = None
    """The credentialId in the records of a sign-in."""
    session_id: (
        Annotated[str, Written(r"[\x21-\x7e]{1,128}", "up to 128 printable characters, no spaces")]
        | None
    ) = None
    """The credentialId of the portal session that a sign-in opens."""
    role_session: Instant | None = None
    """When the role session began that an administrator uses from this entry on, up to an hour:
    what its records show as creationDate."""
    gaps: tuple[Duration, ...] = ()
    """Times between the records of this entry, in order; the rest is drawn."""


class Entry(Part):
    """What all actions share: who does it, when, and what follows."""

    actor: ClassVar[Literal["user", "admin", "scim"]]
    does: str
    id: Id | None = None
    """Names the entry for keys, overrides and the truth; it is not a label."""
    at: Instant | None = None
    """When it begins; only for entries at the top of the storyline."""
    after: Duration | None = None
    """How long after the end of the entry before; only under `then`, 10 seconds unless given."""
    network: Name | None = None
    """Where it is done from, when it is not where the person usually is."""
    computer: Name | None = None
    """Which of `computers` it is done with, when it is not the person's own; under `then` it is
    the same as above unless given."""
    pin: Pins = Pins()
    """Values to fix."""
    label: Label | None = None
    """What the truth says of it. No record depends on it, nor on the five keys that follow.
    `benign` unless given; under `then` they are all the same as above unless given, but `step`."""
    techniques: tuple[Technique, ...] = ()
    """MITRE ATT&CK techniques that it is an example of, such as `T1528`."""
    impostor: Name | None = None
    """Who really does it in the person's name: the truth calls the actor that."""
    play: Name | None = None
    """The play it is part of; `use` fills it in."""
    play_id: Id | None = None
    """Which playing of it, where there are several; `use` fills it in."""
    step: Name | None = None
    """What it is in the play."""
    repeat: Repeat | None = None
    """Doing it again; what is under `then` is repeated with it."""
    then: tuple[Action, ...] = ()
    """What follows, each after the one before; an entry's own `then` branches off."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is done from a place or computer that is not the person's own."""
        said = (self.network, self.computer, self.pin.address)
        return any(one is not None for one in said)


@cache
def action_classes() -> dict[str, type[Entry]]:
    """Return the class of every action by what `does` says."""
    from simulator.scenario.actions import ACTIONS  # noqa: PLC0415  # they are made of `Entry`

    return {
        word: action
        for action in ACTIONS
        for word in get_args(action.model_fields["does"].annotation)
    }


def _chosen(value: Any) -> Entry:  # noqa: ANN401  # whatever the document holds
    """Return a value as the action that its `does` names."""
    if isinstance(value, Entry):
        return value
    if not isinstance(value, dict):
        raise PydanticKnownError("model_attributes_type")
    word = value.get("does")
    if not isinstance(word, str) or word not in action_classes():
        raise PydanticCustomError("no_such_action", "no such action")
    return action_classes()[word].model_validate(value)


# Not a union by its discriminator: pydantic would build the models of all of them for the few
# that a scenario has, which is a tenth of the time until its first record.
Action: TypeAlias = Annotated[
    Entry,
    GetPydanticSchema(
        lambda _source, _handler: core_schema.no_info_plain_validator_function(_chosen),
        lambda _schema, _handler: {"$ref": "#/$defs/Action"},
    ),
]
"""Any of the actions, by what it `does`."""

# Now it is known what `then` holds: those that inherit it would not find the name.
Entry.model_rebuild()


class UserEntry(Entry):
    """An action by a user of the identity store."""

    actor = "user"
    user: Name | None = None
    """The user's name; under `then` it is the same as above unless given."""
    region: RegionName | None = None
    """One of the instance's additional Regions, when it is done there."""


class AdminEntry(Entry):
    """An action by an administrator."""

    actor = "admin"
    admin: Name | None = None
    """The administrator's name; under `then` it is the same as above unless given."""
    via: Via | None = None
    """`console` leaves records of sso-directory, `api` of identitystore. By default the only
    way there is, or what suits the administrator's `tool`: roles use the console, IAM users and
    root the API."""


CONSOLE_ONLY = frozenset(
    {
        "reset-password",
        "admin-list-mfa-devices",
        "admin-register-mfa-device",
        "admin-rename-mfa-device",
        "admin-delete-mfa-device",
        "search-users",
        "search-groups",
        "describe-directory",
        "open-identity-center-console",
        "change-identity-source",
        "enable-provisioning",
        "create-provisioning-token",
        "delete-provisioning-token",
        "list-provisioning-tokens",
        "disable-provisioning",
        "change-mfa-settings",
        "enable-q-developer",
        "subscribe",
        "unsubscribe",
        "list-subscriptions",
        "disable-q-developer",
    }
)
"""What administrators can do in the console alone."""

API_ONLY = frozenset(
    {
        "get-user-id",
        "get-group-id",
        "describe-membership",
        "get-membership-id",
        "list-users",
        "list-groups",
        "create-token-with-iam",
        "use-application-token",
        "assume-role-with-identity",
    }
)
"""What administrators can do with the public API alone."""


def via(does: str, given: Via | None, *, prefers_console: bool) -> Via:
    """Return how an administrator does something."""
    if given is not None:
        return given
    if does in CONSOLE_ONLY:
        return "console"
    return "api" if does in API_ONLY or not prefers_console else "console"

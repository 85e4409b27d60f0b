"""The scenario as a typed document: what may be written, and what it means.

One model in two states. As written, a person leaves out what she does not care about;
resolved, every default is filled in (`simulator.scenario.resolve`) and the planner may
rely on it. A resolved scenario is itself a valid one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from simulator.primitives.instants import DAY, HOUR, MINUTE, format_instant_exact, parse_instant
from simulator.scenario.actions import AccountPolicy, Action, DeviceType, Part, PermissionSet
from simulator.scenario.mutations import Mutations
from simulator.scenario.play import Parameter, Play
from simulator.scenario.provisioning import Provisioning
from simulator.scenario.scalars import (
    AccountId,
    Address,
    Between,
    Clock,
    Country,
    DeviceId,
    Duration,
    Flag,
    Id,
    Instant,
    Name,
    Rate,
    RegionName,
    Share,
    StoreEntityId,
    UserAgent,
    Uuid,
    Whole,
    Written,
)
from simulator.scenario.trail import Trail

EraName: TypeAlias = Literal[
    "by-date", "pre", "post", "pre-october-2024", "pre-january-2025", "post-january-2025"
]
CUTOVERS = ("announced", "revised", "observed")
"""Words for the instants at which the January 2025 change may take effect."""


def _cutover(text: str) -> str:
    if text in CUTOVERS:
        return text
    if not text[:1].isdigit():
        message = "expected announced, revised, observed or an instant such as 2025-01-13"
        raise ValueError(message)
    return format_instant_exact(parse_instant(text))


def _cutover_kind(value: object) -> str:
    return "regions" if isinstance(value, dict) else "text"


Cutover: TypeAlias = Annotated[
    Annotated[str, AfterValidator(_cutover), Tag("text")]
    | Annotated[dict[RegionName, Instant], Tag("regions")],
    Discriminator(_cutover_kind),
]


class Window(Part):
    """The span of time that is simulated."""

    start: Instant
    """First instant."""
    end: Instant | None = None
    """First instant after it; or give `days`."""
    days: Annotated[int, Whole(1, 3660)] | None = None
    """Length in days of 24 hours."""


class Account(Part):
    """An AWS account, or several alike."""

    name: Name
    """Its name; with `count`, the stem of theirs (`sandbox-1`, `sandbox-2`, …)."""
    id: AccountId | None = None
    """Its id; drawn unless given."""
    count: Annotated[int, Whole(1, 10_000)] | None = None
    """How many there are; elsewhere the stem means all of them."""
    policies: tuple[AccountPolicy, ...] = ()
    """Customer managed policies it has when the window begins, besides those that permission
    sets assigned there reference; a plain word means its `name`."""


class Organization(Part):
    """The organization the instance belongs to."""

    id: (
        Annotated[str, Written(r"o-[a-z0-9]{10,32}", "an organization id such as o-exampleorgid")]
        | None
    ) = None
    """Its id; drawn unless given."""
    management_account: Account = Account(name="management")
    """The management account, which owns an organization instance."""
    accounts: tuple[Account, ...] = ()
    """Member accounts."""
    delegated_administrator: Name | None = None
    """The member account that administers Identity Center, if any. What an administrator of this
    account does is delivered to it and to the management account."""
    member_account_events: Flag = True
    """Whether what users leave behind in the accounts they enter is there, too: the role that is
    taken, the console's sign-in, the first call with credentials. A trail of the organization
    has it."""


class IdentitySource(Part):
    """Where users come from."""

    kind: Literal["identity-center", "active-directory", "external-idp"] = "identity-center"
    """The Identity Center directory, Active Directory, or a SAML identity provider."""
    provider: Literal["okta", "entra", "google", "ping", "other"] | None = None
    """The external identity provider; `other` unless given."""
    domain: Annotated[
        str,
        Written(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?", "a domain such as example.com"),
    ] = "example.com"
    """The e-mail or Active Directory domain of users."""
    scim: Provisioning = None
    """Whether an external identity provider pushes users and groups, and how; `true` means
    as its clients usually do."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {"kind": value} if isinstance(value, str) else value


class Mfa(Part):
    """The instance's MFA settings."""

    prompt: Literal["always", "context-aware", "never"] = "always"
    """When a second factor is asked for: at every sign-in, from a new place, never."""
    devices: tuple[DeviceType, ...] = ("totp", "webauthn")
    """What may be registered."""
    without_device: Literal["enrol", "block", "email-otp", "allow"] = "enrol"
    """What happens at sign-in to a user who has no device."""


class Instance(Part):
    """The IAM Identity Center instance."""

    kind: Literal["organization", "account"] = "organization"
    """An organization instance, or one of a single account."""
    account: Name | None = None
    """The account that owns an account instance; an organization instance is the
    management account's."""
    region: RegionName = "us-east-1"
    """Where it lives."""
    additional_regions: tuple[RegionName, ...] = ()
    """Where it is replicated to when the window begins, so that users may act there (2026)."""
    id: (
        Annotated[
            str, Written(r"ssoins-[0-9a-f]{16}", "an instance id such as ssoins-7223b02a1c9d8e4f")
        ]
        | None
    ) = None
    """Instance id; drawn unless given."""
    identity_store_id: (
        Annotated[str, Written(r"d-[0-9a-f]{10}", "an identity store id such as d-9067f3a1b2")]
        | None
    ) = None
    """Identity store id; drawn unless given."""
    portal_alias: (
        Annotated[str, Written(r"[a-z0-9][a-z0-9-]{1,62}", "lower-case letters, digits and dashes")]
        | None
    ) = None
    """First label of the portal's address; the identity store id unless given."""
    identity_source: IdentitySource = IdentitySource()
    """Where users come from; a plain word means its `kind`."""
    mfa: Mfa = Mfa()
    """MFA settings."""
    session_duration: Annotated[Duration, AfterValidator(Between(15 * MINUTE, 90 * DAY))] = 8 * HOUR
    """How long a portal session lasts: 15 minutes to 90 days."""


class Assignment(Part):
    """A permission set in accounts, assigned to a group or user."""

    permission_set: Name
    """The permission set."""
    accounts: Annotated[tuple[Name, ...], Field(min_length=1)]
    """The accounts."""


class Group(Part):
    """A group that exists when the window begins."""

    name: Name
    """Display name."""
    id: StoreEntityId | None = None
    """Its id; drawn unless given."""
    description: Annotated[str, Field(max_length=1024)] | None = None
    """Description."""
    assignments: tuple[Assignment, ...] = ()
    """What its members may do."""


class Device(Part):
    """An MFA device."""

    type: DeviceType
    """An authenticator app, or a security key or platform authenticator."""
    name: Name | None = None
    """Its name; by default one that suits its type."""
    id: DeviceId | None = None
    """Its id; drawn unless given."""

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, value: object) -> object:
        return {"type": value} if isinstance(value, str) else value


class User(Part):
    """One user, by name."""

    name: Name
    """User name."""
    id: StoreEntityId | None = None
    """User id; drawn unless given."""
    given_name: Name | None = None
    """Given name; from a user name such as `ana.lopez`, or drawn."""
    family_name: Name | None = None
    """Family name; likewise."""
    groups: tuple[Name, ...] = ()
    """Groups the user is in when the window begins."""
    assignments: tuple[Assignment, ...] = ()
    """What is assigned to the user directly."""
    persona: Name = "office-worker"
    """How the user behaves in the background."""
    locale: str = "en_US"
    """Where names come from."""
    mfa: tuple[Device, ...] = ()
    """Devices enrolled when the window begins; a plain word means its `type`."""
    password_set: Flag = True
    """Whether the user has a password; without one the first sign-in is by e-mailed
    one-time password."""
    network: Name | None = None
    """Where the user works; by default `office-US` or the like, after the persona's country."""
    user_agent: UserAgent | None = None
    """The user's browser; drawn unless given."""
    background: Flag = True
    """Whether the user has everyday activity besides the storyline."""


class Population(Part):
    """Many users alike."""

    count: Annotated[int, Whole(1, 5_000_000)]
    """How many."""
    id: Id | None = None
    """Names the population for keys; by default the persona and which of its kind it is."""
    persona: Name = "office-worker"
    """How they behave."""
    locale: tuple[str, ...] = ("en_US",)
    """Where names come from; drawn evenly."""
    groups: dict[Name, Share] = Field(default_factory=dict)
    """Groups, and the share of users in each."""
    mfa: dict[DeviceType, Share] = Field(default_factory=dict)
    """Devices enrolled when the window begins, and the share of users with each."""
    network: Name | None = None
    """Where they work; by default `office-US` or the like, after the persona's country."""


def _user_kind(value: Any) -> str:  # noqa: ANN401  # whatever the document holds
    has_count = "count" in value if isinstance(value, dict) else isinstance(value, Population)
    return "population" if has_count else "user"


AnyUser: TypeAlias = Annotated[
    Annotated[User, Tag("user")] | Annotated[Population, Tag("population")],
    Discriminator(_user_kind),
]


_USUAL_TOOLS = {"role": "console", "iam-user": "cli", "root": "cli"}


class Administrator(Part):
    """Someone who administers Identity Center with credentials of an account."""

    name: Name
    """By which the storyline means them; also the role session's or IAM user's name."""
    kind: Literal["role", "iam-user", "root"] = "role"
    """An assumed role, an IAM user, or an account's root user."""
    account: Name | None = None
    """The account; by default the one that owns the instance."""
    permission_set: Name | None = None
    """For a role made by Identity Center: the permission set it comes from."""
    role: (
        Annotated[
            str,
            Written(
                r"[\w+=,.@-]{1,64}", "a role name of up to 64 letters, digits and any of +=,.@-_"
            ),
        ]
        | None
    ) = None
    """For any other role: its name; `IdentityCenterAdministrator` unless given."""
    tool: Literal["console", "cli", "sdk", "terraform"] | None = None
    """What they work with: the console, or the AWS CLI, a program with boto3 or Terraform, which
    use the API. By default roles use the console, IAM users and root the CLI; who uses the
    console calls the API with the CLI."""
    user_agent: UserAgent | None = None
    """The client; drawn unless given."""
    network: Name | None = None
    """Where they work; `office-US` unless given."""
    background: Flag = False
    """Whether they look things up on working days."""

    @property
    def prefers_console(self) -> bool:
        """Whether what can be done in two ways is done in the console."""
        return (self.tool or _USUAL_TOOLS[self.kind]) == "console"


class Network(Part):
    """A place to sign in from."""

    name: Name
    """Its name."""
    country: Country = "US"
    """ISO country code."""
    kind: Literal["office", "home", "mobile", "hosting", "tor", "vpn"] = "office"
    """What sort of network it is."""
    addresses: tuple[Address, ...] = ()
    """Its addresses; drawn from ranges kept for documentation unless given."""


class Computer(Part):
    """A computer that is not where its user usually works: a traveller's, an intruder's."""

    name: Name
    """By which the storyline means it."""
    network: Name
    """Where it stands: it has one address there."""
    persona: Name = "office-worker"
    """Whose machines it is like."""
    user_agent: UserAgent | None = None
    """Its browser, or what pushes users (SCIM) with it; drawn unless given, as its other
    programs are, while users are pushed by the provider's own client."""


class Hours(Part):
    """Working hours."""

    timezone: str = "UTC"
    """IANA time zone."""
    start: Annotated[Clock, Field(alias="from")] = 510
    """When work begins."""
    end: Annotated[Clock, Field(alias="to")] = 1050
    """When it ends."""


class Uses(Part):
    """What share of sessions does what."""

    portal: Share = 300_000
    """Looks around the portal."""
    console: Share = 400_000
    """Opens an account's console."""
    cli: Share = 0
    """Signs in with the CLI."""


class Slips(Part):
    """What share of sign-ins goes wrong at first."""

    wrong_password: Share = 40_000
    """A wrong password first."""
    wrong_totp: Share = 30_000
    """A wrong code first."""
    wrong_username: Share = 10_000
    """A name nobody has first."""


class Persona(Part):
    """How a kind of user behaves.

    What is left out comes from the built-in persona of the same name, or from `like`.
    """

    like: Name | None = None
    """The persona this one is based on; resolved, the built-in one that it comes from."""
    country: Country | None = None
    """Where they are; their time zone is the country's unless `hours` names one."""
    sign_ins_per_workday: Rate | None = None
    """On average."""
    hours: Hours | None = None
    """Working hours."""
    uses: Uses | None = None
    """What sessions are for."""
    slips: Slips | None = None
    """What goes wrong."""
    present: Share | None = None
    """Share of working days they are there."""
    weekend: Share | None = None
    """Share of weekend days they work all the same."""
    remote: Share | None = None
    """Share of days they work from home."""
    mobile: Share | None = None
    """Share of sign-ins from a mobile network."""
    signs_out: Share | None = None
    """Share of portal sessions that end with signing out."""
    device_grant: Share | None = None
    """Share of CLI sign-ins that use the device grant."""


class Background(Part):
    """How much everyday activity there is: give one of the two."""

    events: Annotated[int, Whole(0, 1_000_000_000_000)] | None = None
    """Exactly this many records."""
    intensity: Rate | None = None
    """A factor on what the personas say."""


class Switches(Part):
    """Points where AWS's announcement, its amended form and real records disagree.

    `docs/records.md` says what each stands for; defaults follow the user guide.
    """

    failed_user_name: Literal["removed", "kept"] = "removed"
    """userIdentity.userName of failed sign-ins after the cutover."""
    failed_known_user_on_behalf_of: Flag = False
    """Whether failed sign-ins of known users carry onBehalfOf and credentialId."""
    unknown_user_name: Literal["typed", "hidden"] = "typed"
    """UserName of an unknown user between October 2024 and the cutover."""
    enrolment: Literal["after", "before"] = "after"
    """Whether a device is enrolled after UserAuthentication or before it."""
    portal_principal: Literal["user-id", "sid"] = "user-id"
    """principalId of Active Directory users in the portal before the cutover."""
    hosts: Literal["ipv4", "dual-stack"] = "ipv4"
    """Which endpoints clients call: `oidc.us-east-1.amazonaws.com` or `oidc.us-east-1.api.aws`."""
    policy_lookups: Literal["all", "failed", "none"] = "all"
    """Which look-ups of customer managed policies, before a role is made, are recorded."""
    role_session_on_behalf_of: Literal["by-date", "never", "always"] = "by-date"
    """Whether what a user calls with a permission set's role tells the user's id: by date, since
    January 2026."""
    escape: Literal["none", "java"] = "none"
    """Whether `=`, `&` and the like are written as escapes, as in older files."""
    undelivered_events: Literal["omit", "emit"] = "omit"
    """Whether a storyline may `call` what no account receives a record of."""


class Where(Part):
    """Which records of the run are meant, by entry or by eventID: all conditions hold."""

    entry: Id | None = None
    """The id of a storyline entry."""
    event_id: Uuid | None = None
    """The eventID of one record, whatever made it, as it is before anything is set or dropped."""
    event: Name | None = None
    """An eventName."""
    user: Name | None = None
    """The user the record is about."""
    nth: Annotated[int, Whole(1, 1_000_000_000)] | None = None
    """Which one of those that match, from 1; all of them unless given. A call that two accounts
    receive is two records, that of the instance's account first."""


class Override(Part):
    """Finished records, changed or left out as a bug report shows them."""

    where: Where
    """Which records."""
    as_: Annotated[dict[str, Any] | None, Field(alias="as")] = None
    """The record in full, in place of what it would be; it is delivered as that would be."""
    set: dict[str, Any] = Field(default_factory=dict)
    """Member path (`additionalEventData.UserName`) to value."""
    drop: tuple[str, ...] = ()
    """Member paths to leave out."""
    order: tuple[str, ...] = ()
    """Names of the record's own members in their order: put so in the places that these have,
    while the others stay where they are."""
    omit: Flag = False
    """Whether the record is left out: neither written nor delivered, nor in the truth."""


class Scenario(Part):
    """A whole scenario."""

    scenario: Annotated[
        str,
        Written(
            r"[a-z0-9][a-z0-9._-]{0,63}",
            "a name of up to 64 lower-case letters, digits, dots, dashes and underscores",
        ),
    ]
    """Its name."""
    description: str = ""
    """What it is for, in a sentence."""
    play: Play | None = None
    """What it is when others use it."""
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    """What may be changed when it is used; written out before anything else is read."""
    seed: Annotated[int, Whole(0, 2**63 - 1)] = 0
    """The same seed gives the same bytes."""
    window: Window
    """When."""
    era: EraName = "by-date"
    """The era of the records; by default each event's time decides."""
    cutover: Cutover = "announced"
    """When the January 2025 change takes effect: `announced` (2025-01-13), `revised`
    (2025-07-14), `observed` (per Region), an instant, or instants by Region."""
    organization: Organization = Organization()
    """Accounts."""
    instance: Instance = Instance()
    """The Identity Center instance."""
    permission_sets: tuple[PermissionSet, ...] = ()
    """Permission sets."""
    groups: tuple[Group, ...] = ()
    """Groups."""
    users: tuple[AnyUser, ...] = ()
    """Users, one by one or many alike."""
    administrators: tuple[Administrator, ...] = ()
    """Administrators."""
    networks: tuple[Network, ...] = ()
    """Places."""
    computers: tuple[Computer, ...] = ()
    """Computers besides everybody's own."""
    personas: dict[Name, Persona] = Field(default_factory=dict)
    """Changes to built-in personas, and new ones."""
    background: Background = Background(events=0)
    """Everyday activity."""
    storyline: tuple[Action, ...] = ()
    """What happens, and when."""
    records: tuple[Override, ...] = ()
    """Members set or dropped afterwards, and records left out."""
    only: tuple[Uuid, ...] = ()
    """eventIDs of the records that are written, where not all of them are: everything happens as
    it would, and the others are left out."""
    mutations: Mutations = Field(default_factory=dict)
    """Damage done on purpose to what is written, by name: [mutations](mutations.md)."""
    trail: Trail = Trail()
    """How records are delivered, with `--format cloudtrail`."""
    switches: Switches = Switches()
    """How disputed members are written."""

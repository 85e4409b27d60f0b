"""How people of different occupations use the access portal.

Plain data for the planner. Shares and rates are whole numbers in parts per million, times
of day are minutes after local midnight. All of them are this generator's choice: AWS
publishes no such figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.directory.user_agents import Device

WHOLE: Final = 1_000_000
"""A share of everything."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What a person does once signed in; the three sum to `WHOLE`."""

    portal: int
    """Share of sign-ins that look at the portal and open an application, or nothing."""

    console: int
    """Share that open an account's console."""

    cli: int
    """Share that begin with `aws sso login` and fetch role credentials."""


@dataclass(frozen=True, slots=True)
class Slips:
    """Shares of attempts that go wrong first, by the mistake."""

    wrong_username: int
    """Name mistyped."""

    wrong_password: int
    """Password mistyped."""

    wrong_code: int
    """Code of an authenticator app mistyped or too late."""


@dataclass(frozen=True, slots=True)
class DeviceShare:
    """How much of the browsing is done on a device."""

    device: Device
    """A device of the catalogue of user agents."""

    share: int
    """Share of people for whom it is the main device; those of a persona sum to `WHOLE`."""


@dataclass(frozen=True, slots=True)
class Persona:
    """An occupation."""

    name: str
    """As a scenario names it."""

    sign_ins_per_workday: int
    """Mean number on a day at work, in millionths of a sign-in."""

    hours_from: int
    """Usual beginning of the day, in minutes after local midnight."""

    hours_to: int
    """Usual end, in minutes after local midnight; later than the beginning."""

    time_zone: str
    """IANA name, where the user has none of her own."""

    weekend_share: int
    """Sign-ins on a Saturday or Sunday as a share of a workday's."""

    present_share: int
    """Share of workdays not spent ill, on leave or elsewhere."""

    uses: Uses
    """What sign-ins are for."""

    slips: Slips
    """What goes wrong on the way in."""

    remote_share: int
    """Share of days worked from home rather than the office."""

    mobile_share: int
    """Share of sign-ins from a mobile network, wherever the day is worked."""

    sign_out_share: int
    """Share of portal sessions ended by signing out rather than by expiry."""

    device_code_share: int
    """Share of command line sign-ins by device code; the others use the authorization code.

    It holds for a CLI from 2.22 on (November 2024); an older one knows the device code alone.
    """

    devices: tuple[DeviceShare, ...]
    """What people sign in with."""


_OFFICE_DEVICES: Final = (
    DeviceShare("windows", 720_000),
    DeviceShare("macos", 230_000),
    DeviceShare("iphone", 30_000),
    DeviceShare("android", 20_000),
)
_ENGINEER_DEVICES: Final = (
    DeviceShare("macos", 620_000),
    DeviceShare("windows", 200_000),
    DeviceShare("linux", 180_000),
)

OFFICE_WORKER: Final = Persona(
    name="office-worker",
    sign_ins_per_workday=600_000,
    hours_from=8 * 60 + 30,
    hours_to=17 * 60 + 30,
    time_zone="UTC",
    weekend_share=10_000,
    present_share=880_000,
    uses=Uses(portal=800_000, console=190_000, cli=10_000),
    slips=Slips(wrong_username=12_000, wrong_password=45_000, wrong_code=20_000),
    remote_share=350_000,
    mobile_share=20_000,
    sign_out_share=120_000,
    device_code_share=150_000,
    devices=_OFFICE_DEVICES,
)
"""Opens an application or a report now and then."""

DEVELOPER: Final = Persona(
    name="developer",
    sign_ins_per_workday=1_600_000,
    hours_from=9 * 60,
    hours_to=18 * 60,
    time_zone="UTC",
    weekend_share=40_000,
    present_share=880_000,
    uses=Uses(portal=80_000, console=420_000, cli=500_000),
    slips=Slips(wrong_username=5_000, wrong_password=30_000, wrong_code=20_000),
    remote_share=550_000,
    mobile_share=10_000,
    sign_out_share=40_000,
    device_code_share=120_000,
    devices=_ENGINEER_DEVICES,
)
"""Lives on the command line and in the console of a few accounts."""

ON_CALL_ENGINEER: Final = Persona(
    name="on-call-engineer",
    sign_ins_per_workday=2_400_000,
    hours_from=6 * 60,
    hours_to=23 * 60 + 30,
    time_zone="UTC",
    weekend_share=600_000,
    present_share=930_000,
    uses=Uses(portal=50_000, console=550_000, cli=400_000),
    slips=Slips(wrong_username=6_000, wrong_password=40_000, wrong_code=35_000),
    remote_share=700_000,
    mobile_share=60_000,
    sign_out_share=30_000,
    device_code_share=150_000,
    devices=(
        DeviceShare("macos", 600_000),
        DeviceShare("windows", 180_000),
        DeviceShare("linux", 150_000),
        DeviceShare("iphone", 40_000),
        DeviceShare("android", 30_000),
    ),
)
"""Signs in at any hour, in a hurry, to many accounts."""

DATA_SCIENTIST: Final = Persona(
    name="data-scientist",
    sign_ins_per_workday=1_200_000,
    hours_from=9 * 60 + 30,
    hours_to=18 * 60 + 30,
    time_zone="UTC",
    weekend_share=60_000,
    present_share=880_000,
    uses=Uses(portal=250_000, console=450_000, cli=300_000),
    slips=Slips(wrong_username=6_000, wrong_password=35_000, wrong_code=20_000),
    remote_share=500_000,
    mobile_share=10_000,
    sign_out_share=50_000,
    device_code_share=300_000,
    devices=_ENGINEER_DEVICES,
)
"""Works in notebooks and applications, and signs in from machines without a browser."""

CONTRACTOR: Final = Persona(
    name="contractor",
    sign_ins_per_workday=1_100_000,
    hours_from=8 * 60,
    hours_to=17 * 60,
    time_zone="UTC",
    weekend_share=50_000,
    present_share=700_000,
    uses=Uses(portal=200_000, console=500_000, cli=300_000),
    slips=Slips(wrong_username=15_000, wrong_password=55_000, wrong_code=30_000),
    remote_share=900_000,
    mobile_share=30_000,
    sign_out_share=150_000,
    device_code_share=200_000,
    devices=(
        DeviceShare("windows", 550_000),
        DeviceShare("macos", 350_000),
        DeviceShare("linux", 100_000),
    ),
)
"""Comes and goes, from elsewhere, with few permissions."""

EXECUTIVE: Final = Persona(
    name="executive",
    sign_ins_per_workday=150_000,
    hours_from=7 * 60 + 30,
    hours_to=20 * 60,
    time_zone="UTC",
    weekend_share=150_000,
    present_share=850_000,
    uses=Uses(portal=850_000, console=150_000, cli=0),
    slips=Slips(wrong_username=25_000, wrong_password=80_000, wrong_code=40_000),
    remote_share=500_000,
    mobile_share=250_000,
    sign_out_share=80_000,
    device_code_share=0,
    devices=(
        DeviceShare("macos", 400_000),
        DeviceShare("windows", 300_000),
        DeviceShare("iphone", 250_000),
        DeviceShare("android", 50_000),
    ),
)
"""Signs in seldom, on the road, and has forgotten the password."""

ADMINISTRATOR: Final = Persona(
    name="administrator",
    sign_ins_per_workday=1_800_000,
    hours_from=8 * 60,
    hours_to=18 * 60,
    time_zone="UTC",
    weekend_share=80_000,
    present_share=900_000,
    uses=Uses(portal=50_000, console=700_000, cli=250_000),
    slips=Slips(wrong_username=4_000, wrong_password=25_000, wrong_code=15_000),
    remote_share=400_000,
    mobile_share=5_000,
    sign_out_share=300_000,
    device_code_share=50_000,
    devices=_ENGINEER_DEVICES,
)
"""Manages users, permission sets and assignments from the console, and signs out after."""

PERSONAS: Final[Mapping[str, Persona]] = MappingProxyType(
    {
        persona.name: persona
        for persona in (
            OFFICE_WORKER,
            DEVELOPER,
            ON_CALL_ENGINEER,
            DATA_SCIENTIST,
            CONTRACTOR,
            EXECUTIVE,
            ADMINISTRATOR,
        )
    }
)
"""The built-in personas by name."""

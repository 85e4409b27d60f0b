"""What programs say they are: browsers, the AWS CLI, SDKs, Terraform and AWS's own services.

Positions are the stable thing here. `browsers_at` gives the same browsers in the same
order for every instant, each with the version of that day, so that a person is given a
position once and her browser grows older with her. `updated_at` tells
when somebody last updated, which is the instant to ask for.

Within a UTC day nothing changes. Texts follow forms that browsers and SDKs document; which
of them a real record of IAM Identity Center shows is said where it was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from simulator.directory.releases import (
    BOTO_MINOR,
    CHROME,
    CLI_MINOR,
    FIREFOX,
    PROVIDER_FIVE,
    PROVIDER_SIX,
    TERRAFORM_MINOR,
    VSCODE_MINOR,
    chrome_build,
    darwin_at,
    patch_at,
    safari_at,
)
from simulator.primitives.instants import DAY, format_instant, parse_instant
from simulator.primitives.keys import purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from simulator.primitives.keys import Key, KeyColumn

Device: TypeAlias = Literal["windows", "macos", "linux", "iphone", "android", "server"]
"""What the program runs on; `server` is a machine of AWS or of another service."""

Kind: TypeAlias = Literal["browser", "cli", "sdk", "terraform", "toolkit", "service"]
"""What sort of program it is."""


@dataclass(frozen=True, slots=True)
class Agent:
    """A program as it names itself."""

    text: str
    """The user agent string, under 1 KB."""

    weight: int
    """How common it is among those listed with it, in parts per million."""

    device: Device
    """What it runs on."""

    kind: Kind
    """What sort of program it is."""


_PHASE: Final = purpose("user-agents/update-phase")


def updated_at(key: Key, at: int, every_days: int) -> int:
    """Return when a person last updated a program, if she does so every so many days.

    Args:
        key: The person's or her machine's; it says on which days.
        at: Milliseconds since 1970.
        every_days: At least 1. People take a browser's updates within days and the
            command line's within months.
    """
    day = at // DAY
    return (day - (day + key.below(every_days, _PHASE)) % every_days) * DAY


def days_behind_many(keys: KeyColumn, at: int, every_days: int) -> NDArray[np.int64]:
    """Return how many days before `at` each key's `updated_at` is."""
    return (at // DAY + keys.below(every_days, _PHASE)) % every_days


# ---- Browsers ------------------------------------------------------------------------

_WINDOWS: Final = "Windows NT 10.0; Win64; x64"
_MACOS: Final = "Macintosh; Intel Mac OS X 10_15_7"
_LINUX: Final = "X11; Linux x86_64"
_EDGE_ON_CHROMIUM: Final = parse_instant("2020-01-15")


def _chrome_version(at: int) -> str:
    # User-Agent reduction: from 101 on everything but the major version reads 0 (Chromium
    # blog, "User-Agent Reduction Origin Trial and Dates"). Unverified: earlier patch numbers.
    major = CHROME.number_at(at)
    return f"{major}.0.0.0" if major >= 101 else f"{major}.0.{chrome_build(major)}.66"


def _blink(platform: str, at: int, mobile: str = "") -> str:
    return (
        f"Mozilla/5.0 ({platform}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{_chrome_version(at)} {mobile}Safari/537.36"
    )


def _edge(platform: str, at: int) -> str:
    if at < _EDGE_ON_CHROMIUM:
        if platform != _WINDOWS:
            return _blink(platform, at)
        return (
            f"Mozilla/5.0 ({_WINDOWS}) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/70.0.3538.102 Safari/537.36 Edge/18.18363"
        )
    # Edge follows Chrome within days.
    at -= 3 * DAY
    return f"{_blink(platform, at)} Edg/{_chrome_version(at)}"


def _firefox(platform: str, at: int) -> str:
    major = FIREFOX.number_at(at)
    # Firefox said rv:109.0 from 110 to 119, for the sake of sites that took 11x for 11.
    revision = 109 if 110 <= major <= 119 else major
    return f"Mozilla/5.0 ({platform}; rv:{revision}.0) Gecko/20100101 Firefox/{major}.0"


def _safari(at: int) -> str:
    major, minor = safari_at(at)
    return (
        f"Mozilla/5.0 ({_MACOS}) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{major}.{minor} Safari/605.1.15"
    )


def _iphone(at: int) -> str:
    major, minor = safari_at(at)
    # From Safari 26 on the system's version in the text stays at 18.6.
    system = f"{major}_{minor}" if major < 26 else "18_6"
    return (
        f"Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) "
        "AppleWebKit/605.1.15 (KHTML, like Gecko) "
        f"Version/{major}.{minor} Mobile/15E148 Safari/604.1"
    )


def _android(at: int) -> str:
    # Reduced on phones from 110 on. Unverified: the device before that.
    system = "Android 10; K" if CHROME.number_at(at) >= 110 else "Android 11; Pixel 5"
    return _blink(f"Linux; {system}", at, "Mobile ")


@dataclass(frozen=True, slots=True)
class _Browser:
    device: Device
    weight: int
    text: Callable[[int], str]


_BROWSERS: Final = (
    _Browser("windows", 330_000, lambda at: _blink(_WINDOWS, at)),
    _Browser("macos", 220_000, lambda at: _blink(_MACOS, at)),
    _Browser("linux", 40_000, lambda at: _blink(_LINUX, at)),
    _Browser("windows", 140_000, lambda at: _edge(_WINDOWS, at)),
    _Browser("macos", 15_000, lambda at: _edge(_MACOS, at)),
    _Browser("windows", 50_000, lambda at: _firefox(_WINDOWS, at)),
    _Browser("macos", 30_000, lambda at: _firefox("Macintosh; Intel Mac OS X 10.15", at)),
    _Browser("linux", 35_000, lambda at: _firefox(_LINUX, at)),
    _Browser("macos", 80_000, _safari),
    _Browser("iphone", 35_000, _iphone),
    _Browser("android", 25_000, _android),
)


@lru_cache(maxsize=4096)
def _browsers_on(day: int) -> tuple[Agent, ...]:
    at = day * DAY
    return tuple(
        Agent(browser.text(at), browser.weight, browser.device, "browser") for browser in _BROWSERS
    )


def browsers_at(at: int) -> tuple[Agent, ...]:
    """Return the browsers in use, each in its newest version; weights sum to a million.

    Length, order, devices and weights are the same for every instant.
    """
    return _browsers_on(at // DAY)


# ---- Command line and SDKs -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Platform:
    """A kind of machine that the AWS CLI, SDKs and Terraform run on."""

    name: str
    """A name for people."""

    device: Device
    """What it is."""

    weight: int
    """How common it is, in parts per million."""

    system: str
    """As Python's `platform.system` has it: `Darwin`, `Windows`, `Linux`."""

    machine: str
    """The processor, as SDKs name it: `arm64`, `x86_64`, `AMD64`."""

    distribution: str
    """`ubuntu` or `amzn`; empty where there is none."""

    environment: str
    """`CloudShell`, or empty."""


PLATFORMS: Final = (
    Platform("macOS on Apple silicon", "macos", 450_000, "Darwin", "arm64", "", ""),
    Platform("macOS on Intel", "macos", 80_000, "Darwin", "x86_64", "", ""),
    Platform("Windows", "windows", 220_000, "Windows", "AMD64", "", ""),
    Platform("Ubuntu", "linux", 170_000, "Linux", "x86_64", "ubuntu", ""),
    Platform("Amazon Linux", "linux", 60_000, "Linux", "x86_64", "amzn", ""),
    Platform("CloudShell", "server", 20_000, "Linux", "x86_64", "amzn", "CloudShell"),
)
"""The machines, by the position that the functions below take."""

_AMAZON_LINUX_2023: Final = parse_instant("2023-03-15")
_UBUNTU: Final = tuple((year, parse_instant(f"20{year}-04-25")) for year in (24, 22, 20))
_KERNELS: Final = tuple(
    (parse_instant(day), version, first)
    for day, version, first in (
        ("2018-04-26", "4.15.0", 20),
        ("2020-04-23", "5.4.0", 26),
        ("2022-04-21", "5.15.0", 25),
        ("2024-04-25", "6.8.0", 31),
    )
)


def _release(platform: Platform, at: int) -> str:
    if platform.system == "Darwin":
        major, minor = darwin_at(at)
        return f"{major}.{minor}.0"
    if platform.system == "Windows":
        return "10" if at < parse_instant("2023-10-02") else "11"
    if platform.distribution == "amzn":
        # Unverified: one kernel stands for all of a distribution's.
        if at < _AMAZON_LINUX_2023:
            return "4.14.243-185.433.amzn2.x86_64"
        return "6.1.112-122.189.amzn2023.x86_64"
    released, version, first = _KERNELS[0]
    for kernel in _KERNELS:
        if kernel[0] <= at:
            released, version, first = kernel
    # Unverified: Ubuntu's updates, taken to come every eleven days.
    return f"{version}-{first + max(0, at - released) // (11 * DAY)}-generic"


def _distribution(platform: Platform, at: int) -> str:
    if platform.distribution == "amzn":
        return "amzn.2" if at < _AMAZON_LINUX_2023 else "amzn.2023"
    if platform.distribution == "ubuntu":
        return f"ubuntu.{next((year for year, day in _UBUNTU if day <= at), 18)}"
    return ""


def _system_parts(platform: Platform, at: int) -> str:
    name = {"Darwin": "macos", "Windows": "windows", "Linux": "linux"}[platform.system]
    return f"os/{name}#{_release(platform, at)} md/arch#{platform.machine.lower()}"


# Minor version of the CLI since which it ships these: AWS common runtime, Python. Unverified.
_CLI_PARTS: Final = (
    (0, "0.11.0", "3.7.3"),
    (4, "0.12.4", "3.8.8"),
    (9, "0.14.0", "3.9.11"),
    (11, "0.16.4", "3.11.2"),
    (15, "0.19.19", "3.11.8"),
    (18, "0.22.0", "3.12.6"),
    (22, "0.23.4", "3.12.6"),
    (25, "0.25.4", "3.12.9"),
    (27, "0.26.1", "3.13.3"),
    (31, "0.27.6", "3.13.7"),
    (32, "0.28.4", "3.13.9"),
)


@lru_cache(maxsize=65_536)
def _cli_on(platform_index: int, day: int) -> str:
    at = day * DAY
    platform = PLATFORMS[platform_index]
    minor = CLI_MINOR.number_at(at)
    version = f"2.{minor}.{patch_at(CLI_MINOR, at)}"
    runtime, python = next(
        (runtime, python) for since, runtime, python in reversed(_CLI_PARTS) if since <= minor
    )
    environment = f"exec-env/{platform.environment} " if platform.environment else ""
    distribution = _distribution(platform, at)
    if minor < 16:
        # Unverified: that the form changed with 2.16.
        distribution = f".{distribution}" if distribution else ""
        return (
            f"aws-cli/{version} Python/{python} {platform.system}/{_release(platform, at)} "
            f"{environment}exe/{platform.machine}{distribution} prompt/off command/"
        )
    # Unverified: which features a sign-in reports after m/, and that it began with 2.23.
    form, features = ("2.0", "") if minor < 23 else ("2.1", "m/E,b,Z ")
    distribution = f"md/distrib#{distribution} " if distribution else ""
    return (
        f"aws-cli/{version} md/awscrt#{runtime} ua/{form} {_system_parts(platform, at)} "
        f"lang/python#{python} md/pyimpl#CPython {environment}{features}"
        f"cfg/retry-mode#standard md/installer#exe {distribution}md/prompt#off md/command#"
    )


def cli_agent(platform_index: int, at: int, command: str) -> Agent:
    """Return AWS CLI 2 running a command such as `sso.login` or `s3.ls`.

    The order of the parts is that of botocore's `useragent.py` with the CLI's additions;
    exact version numbers are Unverified.
    """
    platform = PLATFORMS[platform_index]
    text = _cli_on(platform_index, at // DAY) + command
    return Agent(text, platform.weight, platform.device, "cli")


@lru_cache(maxsize=65_536)
def _sdk_on(platform_index: int, day: int) -> str:
    at = day * DAY
    version = f"1.{BOTO_MINOR.number_at(at)}.{patch_at(BOTO_MINOR, at)}"
    platform = PLATFORMS[platform_index]
    environment = f"exec-env/{platform.environment} " if platform.environment else ""
    python = "3.9.18" if at < parse_instant("2023-10-02") else "3.12.6"
    if BOTO_MINOR.number_at(at) < 28:
        # Unverified: that the form changed with 1.28.
        return (
            f"Boto3/{version} Python/{python} {platform.system}/{_release(platform, at)} "
            f"{environment}Botocore/1.{BOTO_MINOR.number_at(at) + 3}.{patch_at(BOTO_MINOR, at)}"
        )
    form, features = ("2.0", "") if BOTO_MINOR.number_at(at) < 36 else ("2.1", "m/Z,D,b,e ")
    botocore = version
    if BOTO_MINOR.number_at(at) < 33:
        botocore = f"1.{BOTO_MINOR.number_at(at) + 3}.{patch_at(BOTO_MINOR, at)}"
    return (
        f"Boto3/{version} md/Botocore#{botocore} ua/{form} {_system_parts(platform, at)} "
        f"lang/python#{python} md/pyimpl#CPython {environment}{features}"
        f"cfg/retry-mode#legacy Botocore/{botocore}"
    )


def sdk_agent(platform_index: int, at: int) -> Agent:
    """Return a Python program with boto3.

    The form is what botocore 1.35.66 and 1.40.60 sent when run; other versions' is Unverified.
    """
    platform = PLATFORMS[platform_index]
    return Agent(_sdk_on(platform_index, at // DAY), platform.weight, platform.device, "sdk")


def terraform_agent(platform_index: int, at: int, service: str) -> Agent:
    """Return Terraform's AWS provider calling a service such as `ssoadmin`.

    Unverified: the version numbers of the SDK for Go and of its service modules.
    """
    platform = PLATFORMS[platform_index]
    day = at // DAY * DAY
    provider = f"5.{PROVIDER_FIVE.number_at(day)}.0"
    if PROVIDER_SIX.releases[0].day <= day:
        provider = f"6.{PROVIDER_SIX.number_at(day)}.0"
    system = {"Darwin": "darwin", "Windows": "windows", "Linux": "linux"}[platform.system]
    name = "macos" if system == "darwin" else system
    machine = "arm64" if platform.machine == "arm64" else "amd64"
    text = (
        f"APN/1.0 HashiCorp/1.0 Terraform/1.{TERRAFORM_MINOR.number_at(day)}.0 "
        f"(+https://www.terraform.io) terraform-provider-aws/{provider} "
        "(+https://registry.terraform.io/providers/hashicorp/aws) "
        f"aws-sdk-go-v2/1.32.5 ua/2.1 os/{name} lang/go#1.23.3 "
        f"md/GOARCH#{machine} md/GOOS#{system} api/{service}#1.29.5"
    )
    return Agent(text, platform.weight, platform.device, "terraform")


def tool_agent(tool: str, platform_index: int, at: int, command: str) -> Agent:
    """Return what an API is called with: the CLI, a program with boto3, or Terraform.

    Args:
        tool: `sdk`, `terraform`, or the CLI for any other word.
        platform_index: A position in `PLATFORMS`.
        at: Milliseconds since 1970.
        command: Service and operation as the CLI spells them: `sso-admin.list-instances`.
    """
    if tool == "sdk":
        return sdk_agent(platform_index, at)
    if tool == "terraform":
        # Its modules are named like the CLI's services, in one word.
        service = command.partition(".")[0].replace("-", "")
        return terraform_agent(platform_index, at, service)
    return cli_agent(platform_index, at, command)


def toolkit_agent(platform_index: int, at: int, client_id: str) -> Agent:
    """Return the AWS Toolkit in Visual Studio Code.

    Unverified: no record that it left was read.

    Args:
        platform_index: A position in `PLATFORMS`; it shows only in the device.
        at: Milliseconds since 1970.
        client_id: A UUID that stays with an installation.
    """
    platform = PLATFORMS[platform_index]
    editor = VSCODE_MINOR.number_at(at // DAY * DAY)
    text = (
        f"AWS-Toolkit-For-VSCode/3.{max(0, editor - 60)}.0 Visual-Studio-Code/1.{editor}.0 "
        f"ClientId/{client_id}"
    )
    return Agent(text, platform.weight, platform.device, "toolkit")


def jetbrains_agent(platform_index: int, at: int, client_id: str) -> Agent:
    """Return the AWS Toolkit in an editor by JetBrains; as `toolkit_agent`, and as Unverified."""
    platform = PLATFORMS[platform_index]
    year, month, _ = format_instant(at).split("-", 2)
    quarter = (int(month) + 2) // 3
    text = (
        f"AWS-Toolkit-For-JetBrains/3.{VSCODE_MINOR.number_at(at // DAY * DAY) - 60}-"
        f"{year[2:]}{quarter} IntelliJ-IDEA-Ultimate-Edition/{year}.{quarter} ClientId/{client_id}"
    )
    return Agent(text, platform.weight, platform.device, "toolkit")


TOOLKITS: Final = {"toolkit-vscode": toolkit_agent, "toolkit-jetbrains": jetbrains_agent}
"""By the name a scenario gives it: an AWS Toolkit."""

# ---- AWS's and identity providers' machines ------------------------------------------

SIGNIN_TOKEN: Final = Agent(
    "Jersey/${project.version} (HttpUrlConnection 11.0.22)", 1_000_000, "server", "service"
)
"""Who fetches a console sign-in token; seen in 2024, the unexpanded placeholder is real."""

FEDERATION: Final = Agent(
    "aws-sdk-java/2.29.6 md/io#sync md/http#Apache ua/2.1 os/Linux lang/java#17.0.13 "
    "md/OpenJDK_64-Bit_Server_VM md/vendor#Amazon.com_Inc. md/en_US md/internal "
    "cfg/retry-mode#standard",
    1_000_000,
    "server",
    "service",
)
"""Who assumes a role by SAML for a user: the service's Java SDK with `md/internal`, as seen.

Unverified: all parts but `aws-sdk-java/2.` and `md/internal`.
"""

FORWARDED: Final = Agent("AWS Internal", 1_000_000, "server", "service")
"""The service calling with its caller's identity; seen."""

SERVICE_ROLE: Final = Agent("sso.amazonaws.com", 1_000_000, "server", "service")
"""The service calling with its service-linked role; seen."""

SCIM_CLIENTS: Final = {
    name: Agent(text, 1_000_000, "server", "service")
    for name, text in {
        "okta": "Okta SCIM Client 1.0.0",
        "entra": "Microsoft.Azure.SyncFabric/1.0",
        "google": "Google-Auto-Provisioning/1.0",
        "ping": "Apache-HttpClient/4.5.14 (Java/17.0.13)",
        "other": "Go-http-client/2.0",
    }.items()
}
"""What identity providers that push users say they are: the last stands in AWS's examples.

Unverified: all others. That Okta's and Entra's clients have agents of their own is known.
"""


def catalogue(at: int) -> tuple[Agent, ...]:
    """Return every agent there is at an instant, for documents and tests."""
    places = range(len(PLATFORMS))
    return (
        *browsers_at(at),
        *(cli_agent(place, at, "sso.login") for place in places),
        *(sdk_agent(place, at) for place in places),
        *(terraform_agent(place, at, "ssoadmin") for place in places),
        *(
            agent(place, at, "00000000-0000-4000-8000-000000000000")
            for agent in TOOLKITS.values()
            for place in places
        ),
        SIGNIN_TOKEN,
        FEDERATION,
        FORWARDED,
        SERVICE_ROLE,
        *SCIM_CLIENTS.values(),
    )

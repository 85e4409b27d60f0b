"""User agents fit their instant, and their positions keep still."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.directory import releases
from simulator.directory import user_agents as agents
from simulator.primitives.instants import DAY, EARLIEST, LATEST, parse_instant
from simulator.primitives.keys import Key

INSTANTS = st.integers(EARLIEST, LATEST - 1)


def browser_texts(day: str) -> list[str]:
    """Return the browsers of a day."""
    return [agent.text for agent in agents.browsers_at(parse_instant(day))]


@given(INSTANTS)
def test_browsers_keep_their_positions(at: int):
    """Length, devices and weights are the same for every instant."""
    then = agents.browsers_at(at)
    now = agents.browsers_at(parse_instant("2025-01-13"))

    assert [(a.device, a.weight, a.kind) for a in then] == [
        (a.device, a.weight, a.kind) for a in now
    ]
    assert sum(agent.weight for agent in then) == 1_000_000


@given(INSTANTS)
def test_every_agent_is_short_ascii(at: int):
    """CloudTrail cuts a user agent at 1 KB."""
    for agent in agents.catalogue(at):
        assert agent.text.isascii()
        assert 0 < len(agent.text) < 1024


@given(INSTANTS, INSTANTS)
def test_versions_never_fall(one: int, other: int):
    """A later instant has the same version or a newer one."""
    earlier, later = sorted((one, other))

    for calendar in (releases.CHROME, releases.FIREFOX, releases.CLI_MINOR, releases.BOTO_MINOR):
        assert calendar.number_at(earlier) <= calendar.number_at(later)
    assert releases.safari_at(earlier) <= releases.safari_at(later)
    assert releases.darwin_at(earlier) <= releases.darwin_at(later)


@pytest.mark.parametrize(
    ("day", "chrome", "firefox", "safari"),
    [
        ("2020-12-20", 87, 84, (14, 0)),
        ("2024-11-20", 131, 132, (18, 1)),
        ("2025-01-20", 132, 134, (18, 2)),
        ("2025-10-01", 141, 143, (26, 0)),
        ("2026-01-20", 144, 147, (26, 2)),
    ],
)
def test_known_days_have_their_versions(
    day: str, chrome: int, firefox: int, safari: tuple[int, int]
):
    """The makers' release notes."""
    at = parse_instant(day)

    assert releases.CHROME.number_at(at) == chrome
    assert releases.FIREFOX.number_at(at) == firefox
    assert releases.safari_at(at) == safari


def test_chrome_tells_the_major_version_alone():
    """User-Agent reduction, since version 101."""
    assert browser_texts("2024-11-20")[0] == (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36"
    )


def test_chrome_told_its_build_before():
    """As AWS's examples of December 2020 have it."""
    assert browser_texts("2020-12-20")[1] == (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/87.0.4280.66 Safari/537.36"
    )
    assert "Chrome/62.0.3202.66" in browser_texts("2017-10-20")[0]


def test_firefox_froze_its_revision_for_a_while():
    """From 110 to 119 it said rv:109.0."""
    assert "rv:109.0) Gecko/20100101 Firefox/11" in browser_texts("2023-06-01")[5]
    assert "rv:132.0) Gecko/20100101 Firefox/132.0" in browser_texts("2024-11-01")[5]


def test_edge_was_another_browser_before_2020():
    """On macOS there was none, and people had Chrome."""
    assert "Edge/18" in browser_texts("2019-06-01")[3]
    assert "Edge" not in browser_texts("2019-06-01")[4]
    assert browser_texts("2024-11-20")[3].endswith("Edg/131.0.0.0")


def test_iphones_stop_at_eighteen_six():
    """From Safari 26 on the system's version stays."""
    assert "iPhone OS 18_1 like" in browser_texts("2024-11-20")[9]
    assert "iPhone OS 18_6 like" in browser_texts("2025-10-20")[9]


def test_the_command_line_names_its_command():
    """AWS CLI 2.22, the first with the authorization code grant, on a Mac."""
    made = agents.cli_agent(0, parse_instant("2024-11-26"), "sso.login")

    assert made.text == (
        "aws-cli/2.22.5 md/awscrt#0.23.4 ua/2.0 os/macos#24.1.0 md/arch#arm64 "
        "lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe "
        "md/prompt#off md/command#sso.login"
    )
    assert (made.device, made.kind) == ("macos", "cli")


def test_an_older_command_line_has_the_older_form():
    """Before 2.16."""
    made = agents.cli_agent(3, parse_instant("2024-02-01"), "s3.ls")

    assert made.text.startswith("aws-cli/2.15.40 Python/3.11.8 Linux/5.15.0-")
    assert made.text.endswith("exe/x86_64.ubuntu.22 prompt/off command/s3.ls")
    assert "amzn2." in agents.cli_agent(4, parse_instant("2022-01-01"), "s3.ls").text


def test_cloudshell_says_so():
    """`exec-env/CloudShell`."""
    assert "exec-env/CloudShell" in agents.cli_agent(5, parse_instant("2025-10-01"), "s3.ls").text


def test_boto3_has_the_form_it_sends():
    """What botocore 1.35.66 and 1.40.60 send, but for version numbers."""
    before = agents.sdk_agent(3, parse_instant("2024-11-21")).text
    after = agents.sdk_agent(3, parse_instant("2025-10-27")).text
    old = agents.sdk_agent(3, parse_instant("2022-11-30")).text
    between = agents.sdk_agent(3, parse_instant("2023-08-30")).text

    assert before == (
        "Boto3/1.35.66 md/Botocore#1.35.66 ua/2.0 os/linux#6.8.0-50-generic md/arch#x86_64 "
        "lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.35.66"
    )
    assert "ua/2.1" in after
    assert "m/Z,D,b,e cfg/retry-mode#legacy Botocore/1.40." in after
    assert old.startswith("Boto3/1.26.21 Python/3.9.18 Linux/")
    assert "Botocore/1.29.21" in old
    assert "md/Botocore#1.31." in between


def test_terraform_and_the_toolkit_name_themselves():
    """The provider's partner prefix, and the editor's installation."""
    at = parse_instant("2025-08-01")

    assert "terraform-provider-aws/6." in agents.terraform_agent(0, at, "ssoadmin").text
    assert agents.terraform_agent(3, at, "iam").text.endswith("api/iam#1.29.5")
    assert agents.toolkit_agent(0, at, "x").text.endswith("ClientId/x")


def test_nothing_changes_within_a_day():
    """So that texts can be kept by day."""
    at = parse_instant("2025-03-03")

    assert agents.catalogue(at) == agents.catalogue(at + DAY - 1)


@given(INSTANTS, st.integers(1, 90))
def test_updates_lie_behind_and_repeat(at: int, every_days: int):
    """At most so many days back, and the same until the next."""
    key = Key.root(3)

    updated = agents.updated_at(key, at, every_days)

    assert at - every_days * DAY < updated <= at
    assert agents.updated_at(key, updated, every_days) == updated


def test_a_patch_number_counts_working_days():
    """Five in seven since the minor version came out; none before the first."""
    minors = releases.calendar(7 * DAY, [("2025-01-01", 1), ("2025-02-01", 2)])

    assert releases.patch_at(minors, parse_instant("2024-01-01")) == 0
    assert releases.patch_at(minors, parse_instant("2025-01-15")) == 10
    assert releases.patch_at(minors, parse_instant("2025-02-01")) == 0
    assert releases.patch_at(minors, parse_instant("2025-02-09")) == 0


def test_builds_are_spread_between_the_known_ones():
    """Chrome 87 and 96 are known; 100 was the last to tell."""
    assert releases.chrome_build(87) == 4280
    assert 4280 < releases.chrome_build(90) < 4664
    assert releases.chrome_build(120) == 4896

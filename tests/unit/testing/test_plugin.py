"""The pytest plugin, in runs of pytest within this one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from simulator import load
from simulator.cases.capsules import document_of, packed
from simulator.cases.replaying import capsule_of
from simulator.testing import plugin
from simulator.testing.making import Made

pytest_plugins = ["pytester"]

WRONG = """\
scenario: wrong
window: {start: 2025-01-10, days: 1}
users:
  - {name: ana.lopez, badge: 7}
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Give what runs a test file, with our plugin alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def ran(text: str, folder: str = "tests"):
        path = pytester.mkdir(folder) / "test_it.py"
        path.write_text(text)
        return pytester.runpytest_inprocess(
            "-p", "trailwright", "-p", "no:cacheprovider", "--strict-config", "-W", "error", path
        )

    return ran


def test_records_are_what_the_bytes_say(run):
    """With their truth, in the era asked for, whatever another test did to its own."""
    ran = run(
        """
        import json
        import pytest

        @pytest.mark.parametrize("nth", range(2))
        def test_records(trail, nth):
            records = trail("plays/password-spray", era="pre")
            assert records == [json.loads(line) for line in records.lines]
            assert {one["era"] for one in records.truth.values()} == {"pre-january-2025"}
            assert records.attacks[0]["eventID"] in records.truth
            for record in records:
                record["userIdentity"].clear()
            records.truth.clear()

        def test_others(trail):
            pre, post = (trail("plays/password-spray", era=era) for era in ("pre", "post"))
            assert pre != post
            assert trail("plays/password-spray", era="post", seed=2) != post
            assert len(trail("quickstart", events=50)) == 50
            victim = trail("plays/device-code-phishing", parameters={"victim": "ana.lopez"})
            assert "ana.lopez" in {one["actor"] for one in victim.truth.values()}
    """.replace("\n        ", "\n")
    )

    ran.assert_outcomes(passed=3)


def test_a_scenario_is_given_in_many_ways(pytester):
    """A file beside the test goes before one in the rootdir; text uses plays beside the test."""
    pytester.makefile(".yaml", mine="scenario: below\nwindow: {start: 2025-01-10, days: 1}\n")
    pytester.makefile(".yaml", root="scenario: root\nwindow: {start: 2025-01-10, days: 1}\n")
    folder = pytester.mkdir("beside")
    play = (load.__globals__["paths"]()["plays/password-spray"]).read_text()
    (folder / "mine.yaml").write_text(play)
    text = """
        import pathlib
        import pytest
        from simulator import Scenario, Window, load

        @pytest.fixture(scope="module")
        def attacks(trail):
            return trail("mine.yaml").attacks

        TEXT = '''
        scenario: text
        window: {start: 2025-01-13, days: 3}
        storyline: [{at: 2025-01-14T10:00:00Z, use: mine.yaml, id: once}]
        '''

        def test_it(trail, attacks, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            assert attacks
            assert trail(pathlib.Path("mine.yaml")).attacks == attacks
            assert trail("root.yaml") == []
            assert trail(TEXT).of("once")
            assert trail(load("plays/password-spray")).attacks == attacks
            assert trail(Scenario(scenario="made", window=Window(start=0, days=1))) == []
    """
    (folder / "test_it.py").write_text(text.replace("\n        ", "\n"))

    ran = pytester.runpytest_inprocess("-p", "trailwright", "-p", "no:cacheprovider", folder)

    ran.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("trail('wrong.yaml')", "trail: wrong.yaml:4:23 users.0.badge: no such key*"),
        (
            f"trail({WRONG!r})",
            "trail: tests/<text in test_it.py>:4:23 users.0.badge: no such key*",
        ),
        ("trail('passwordtotp')", "trail: no such file or scenario: passwordtotp*"),
        ("trail('quickstart', era='now')", "trail: era: expected by-date, pre, post, *"),
        ("trail('quickstart', events=1)", "trail: --events 1 is less than *"),
        (
            "trail(simulator.load('quickstart'), parameters={'a': 1})",
            "trail: parameters go with a file or a text, not with a Scenario",
        ),
        ("trail_case('none')", "trail_case: cannot read tests/none: No such file or directory"),
        ("trail_case('wrong.yaml')", "trail_case: wrong.yaml:1:1: not JSON*"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(run, pytester, call, told):
    """With its place, and without how it was found."""
    pytester.makefile(".yaml", wrong=WRONG)

    ran = run(f"import simulator\ndef test_it(trail, trail_case):\n    {call}\n")

    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(["*= FAILURES =*", "_* test_it _*", told, "*= short test summary*"])
    start = next(nth for nth, line in enumerate(ran.outlines) if "FAILURES" in line)
    assert "short test summary" in ran.outlines[start + 3]


def test_a_capsule_is_replayed(run, pytester):
    """And those that give other records, as many or more, fail the test."""
    capsule = capsule_of(load("storylines/password-totp"), "")
    others = {"same": {}, "other": {"seed": 9}, "more": {"events": 100}}
    for name, change in others.items():
        scenario = load("storylines/password-totp", **change)
        made = replace(capsule, scenario=document_of(scenario))
        (pytester.path / f"{name}.trailwright-case").write_bytes(packed(made))

    ran = run("""
import pytest

def test_same(trail, trail_case):
    assert trail_case("same.trailwright-case") == trail("storylines/password-totp")

@pytest.mark.parametrize("name", ["other", "more"])
def test_other(trail_case, name):
    trail_case(f"{name}.trailwright-case")
""")

    ran.assert_outcomes(passed=1, failed=2)
    for name in ("other", "more"):
        ran.stdout.fnmatch_lines([f"trail_case: {name}.trailwright-case: other records come of *"])


def test_what_was_made_is_made_once():
    """Until it is too much to be kept."""
    cache, asked = plugin._Cache(100), []

    def made(size: int) -> Made:
        asked.append(size)
        return Made((b'{"a":1}' + b" " * size,), (b'{"eventID":"0","play":null}',))

    for key, size in ((1, 0), (1, 0), (2, 90), (2, 90), (1, 0)):
        cache.records(key, lambda size=size: made(size))

    assert asked == [0, 90, 0]


def test_the_plugin_costs_nothing_until_it_is_used():
    """All that it imports of ours, and of others what pytest imports anyway."""
    program = """if True:
        import sys
        import pytest
        before = set(sys.modules)
        import simulator.testing.plugin
        print(*sorted(set(sys.modules) - before))
    """

    done = subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == [
        "simulator",
        "simulator.errors",
        "simulator.testing",
        "simulator.testing.plugin",
        "simulator.testing.records",
    ]

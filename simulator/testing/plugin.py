"""The pytest plugin: the fixtures `trail` and `trail_case`, for tests of rules and parsers.

It is loaded in every run of pytest where the package is installed, asked for or not: nothing is
imported here that pytest has not, until a test uses a fixture.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from pathlib import Path

    from simulator.scenario.document import Scenario
    from simulator.testing.making import Made
    from simulator.testing.records import CaseMaker, TrailMaker, TrailRecords

MOST_KEPT: Final = 256 * 1024 * 1024
"""So many bytes of lines are kept until the session ends; what was made first goes first."""


class _Cache:
    """What was made in this session, as bytes, which no test can change."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._made: dict[Hashable, Made] = {}

    def records(self, key: Hashable, make: Callable[[], Made]) -> TrailRecords:
        """Return records, made now unless they were."""
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = make()
            while len(self._made) > 1 and sum(one.size for one in self._made.values()) > self._most:
                del self._made[next(iter(self._made))]
        return made.records()


_CACHE: Final = pytest.StashKey[_Cache]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin a session with nothing made."""
    config.stash[_CACHE] = _Cache()


def _failure(name: str, error: SimulatorError, root: Path) -> BaseException:
    """Return what fails a test with what is wrong, and nothing of how that was found."""
    told = str(error).replace(f"{root}{os.sep}", "")
    return pytest.fail.Exception(f"{name}: {told}", pytrace=False)


@pytest.fixture(scope="module")
def trail(request: pytest.FixtureRequest) -> TrailMaker:
    """Make CloudTrail records, as in `trail("storylines/password-totp", era="post")`.

    It is called with a shipped scenario's name, a file, YAML or a `Scenario`, and returns a list of
    records with their truth. Fixtures of a module's scope may ask for it; those of a session not.
    """
    here, root = request.path, request.config.rootpath
    cache = request.config.stash[_CACHE]

    def made(
        scenario: str | Path | Scenario,
        *,
        era: str | None = None,
        seed: int | None = None,
        events: int | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> TrailRecords:
        from simulator.scenario.dump import digest  # noqa: PLC0415  # heavy
        from simulator.testing.making import asked, made_of  # noqa: PLC0415  # heavy

        try:
            meant = asked(
                scenario,
                (here.parent, root),
                here.with_name(f"<text in {here.name}>"),
                era=era,
                seed=seed,
                parameters=parameters,
            )
            return cache.records((digest(meant), events), lambda: made_of(meant, events))
        except SimulatorError as error:
            raise _failure("trail", error, root) from None

    return made


@pytest.fixture(scope="module")
def trail_case(request: pytest.FixtureRequest) -> CaseMaker:
    """Make the records of a capsule, as in `trail_case("bug.trailwright-case")`.

    The test fails if they are not those that `trailwright case pack` packed.
    """
    here, root = request.path, request.config.rootpath
    cache = request.config.stash[_CACHE]

    def made(capsule: str | Path) -> TrailRecords:
        from simulator.scenario.dump import digest  # noqa: PLC0415  # heavy
        from simulator.testing.making import found, opened, replayed  # noqa: PLC0415  # heavy

        path = here.parent / found(capsule, (here.parent, root))
        try:
            held, meant = opened(path)
            key = (digest(meant), held.evidence.sha256)
            return cache.records(key, lambda: replayed(path, held, meant))
        except SimulatorError as error:
            raise _failure("trail_case", error, root) from None

    return made

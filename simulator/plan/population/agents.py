"""What people sign in with: each has a browser, another on the phone, and the AWS CLI.

Texts are drawn by places in short lists (a day of updating, a browser, a machine), so that
a million people have a few hundred texts between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.directory import user_agents
from simulator.primitives.instants import DAY
from simulator.primitives.keys import purpose, scaled_many
from simulator.primitives.weights import weighted, weighted_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.directory.personas import Persona
    from simulator.plan.registry import Registry
    from simulator.primitives.keys import Key, KeyColumn

_MAIN_DEVICE: Final = purpose("main-device")
_BROWSER: Final = purpose("browser")
_PLATFORM: Final = purpose("platform")

_BROWSER_DAYS: Final = 7
CLI_DAYS: Final = 60
"""How often people update what they have, in days."""
_PHONES: Final = ("iphone", "android")
_SYSTEMS: Final = {"windows": ("Windows",), "macos": ("Darwin",), "linux": ("Linux",)}
_COMMANDS: Final = {"cli_login": "sso.login", "cli_use": "sts.get-caller-identity"}
PROGRAMS: Final = {"": "browser"} | {command: column for column, command in _COMMANDS.items()}
"""Columns of `People` by the command that is given; none is given to the browser."""


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What there is to sign in with as the window begins, in table `agent`."""

    registry: Registry
    at: int
    """When, in milliseconds."""

    def machine(self, key: Key, persona: Persona) -> tuple[str, int]:
        """Return a person's main device, and which of `PLATFORMS` the CLI runs on."""
        devices = [share.device for share in persona.devices]
        device = devices[
            weighted([share.share for share in persona.devices], key.word(_MAIN_DEVICE))
        ]
        platforms = _platforms(device)
        return device, platforms[key.below(len(platforms), _PLATFORM)]

    def agents(self, key: Key, persona: Persona, given: str | None = None) -> dict[str, int]:
        """Return a person's agents by column of `People`; `given` is a browser that is fixed."""
        device, platform = self.machine(key, persona)
        updated = user_agents.updated_at(key, self.at, _BROWSER_DAYS)
        browsers = user_agents.browsers_at(updated)

        def browser(among: Sequence[int], word: int) -> int:
            chosen = among[weighted([browsers[place].weight for place in among], word)]
            return self.registry.intern("agent", browsers[chosen].text)

        updated = user_agents.updated_at(key, self.at, CLI_DAYS)
        return {
            "browser": browser(_browsers((device,)), key.word(_BROWSER))
            if given is None
            else self.registry.intern("agent", given),
            "phone": browser(_browsers(_PHONES), key.word(_BROWSER, 1)),
            **{
                column: self.registry.intern(
                    "agent", user_agents.cli_agent(platform, updated, command).text
                )
                for column, command in _COMMANDS.items()
            },
        }

    def agents_many(self, keys: KeyColumn, persona: Persona) -> dict[str, NDArray[np.int64]]:
        """Draw as `agents` does, for every key."""
        shares = [share.share for share in persona.devices]
        device = weighted_many(shares, keys.word(_MAIN_DEVICE))
        behind = user_agents.days_behind_many(keys, self.at, _BROWSER_DAYS)
        browser = np.empty(len(device), np.int64)
        platform = np.empty(len(device), np.int64)
        words, machines = keys.word(_BROWSER), keys.word(_PLATFORM)
        for place, share in enumerate(persona.devices):
            mine = np.flatnonzero(device == place)
            browser[mine] = self._chosen(_browsers((share.device,)), words[mine])
            fitting = _platforms(share.device)
            platform[mine] = np.array(fitting)[scaled_many(machines[mine], len(fitting))]
        phone = self._chosen(_browsers(_PHONES), keys.word(_BROWSER, 1))
        found = {
            "browser": self._browsers_of(behind, browser),
            "phone": self._browsers_of(behind, phone),
        }
        behind = user_agents.days_behind_many(keys, self.at, CLI_DAYS)
        codes = behind * len(user_agents.PLATFORMS) + platform
        for column, command in _COMMANDS.items():

            def spell(code: int, command: str = command) -> str:
                days, machine = divmod(code, len(user_agents.PLATFORMS))
                return user_agents.cli_agent(machine, self._day(days), command).text

            found[column] = self.registry.intern_many("agent", codes, spell)
        return found

    def _day(self, behind: int) -> int:
        return (self.at // DAY - behind) * DAY

    def _chosen(self, among: Sequence[int], words: NDArray[np.uint64]) -> NDArray[np.int64]:
        browsers = user_agents.browsers_at(self.at)
        chosen = weighted_many([browsers[place].weight for place in among], words)
        return np.array(among, np.int64)[chosen]

    def _browsers_of(
        self, behind: NDArray[np.int64], browser: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        count = len(user_agents.browsers_at(self.at))

        def spell(code: int) -> str:
            days, place = divmod(code, count)
            return user_agents.browsers_at(self._day(days))[place].text

        return self.registry.intern_many("agent", behind * count + browser, spell)


def _browsers(devices: Sequence[str]) -> list[int]:
    """Return the browsers on some devices, by place, which is the same at every instant."""
    return [place for place, one in enumerate(user_agents.browsers_at(0)) if one.device in devices]


def _platforms(device: str) -> list[int]:
    """Return the machines on which somebody with a main device uses the CLI, by place."""
    systems = _SYSTEMS.get(device, ("Darwin", "Windows", "Linux"))
    return [
        place
        for place, platform in enumerate(user_agents.PLATFORMS[:-1])
        if platform.system in systems
    ]

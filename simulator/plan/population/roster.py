"""Users by name: some listed, a million of them found by what their names are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.scenario.actions import typed_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.primitives.texts import Texts


class Roster:
    """The position of each user who exists, by name."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._named: dict[str, int] = {}
        self._members: list[tuple[int, Texts]] = []
        self._created: dict[str, int] = {}
        self._gone: set[int] = set()

    def name(self, name: str, position: int) -> None:
        """Let there be a user that the scenario names."""
        self._named[name] = position

    def extend(self, names: Texts, first: int) -> None:
        """Let there be the members of a population, at positions from `first` on."""
        self._members.append((first, names))

    def create(self, name: str, position: int) -> None:
        """Let there be one more user, after all others."""
        self._created[name] = position

    def remove(self, name: str) -> None:
        """Let there be no user of a name."""
        for known in (self._named, self._created):
            if name in known:
                del known[name]
                return
        self._gone.add(self[name])

    def get(self, name: str) -> int | None:
        """Return the position of a user, if there is one of this name."""
        for known in (self._named, self._created):
            if name in known:
                return known[name]
        return self._member(name)

    def _member(self, name: str) -> int | None:
        for first, names in self._members:
            place = names.find(name)
            if place >= 0 and first + place not in self._gone:
                return first + place
        return None

    def __getitem__(self, name: str) -> int:
        """Return the position of a user who exists."""
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a user of this name."""
        return isinstance(name, str) and self.get(name) is not None

    def __len__(self) -> int:
        """Return how many there are."""
        members = sum(len(names) for _, names in self._members)
        return len(self._named) + members + len(self._created) - len(self._gone)

    def __iter__(self) -> Iterator[str]:
        """Yield all names, in order of creation. Spells those of all members."""
        yield from self._named
        for first, names in self._members:
            for place, name in enumerate(names):
                if first + place not in self._gone:
                    yield name
        yield from self._created

    def meant(self, typed: str, domain: str, *, active_directory: bool) -> str | None:
        """Return the first user whose name is meant by what somebody typed, if there is one."""
        meant = typed_name(typed, active_directory=active_directory)

        def is_meant(name: str) -> bool:
            return typed_name(name, active_directory=active_directory) == meant

        found = next(filter(is_meant, self._named), None)
        if found is None:
            # Names of members are folded already, and Active Directory's carry the domain.
            spelled = f"{meant}@{domain}" if active_directory else meant
            found = None if self._member(spelled) is None else spelled
        return next(filter(is_meant, self._created), None) if found is None else found

"""`docs/python-api.md`: the public names of `simulator`, in the order in which one needs them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

import simulator
from simulator.cli.pages.markdown import code, notice, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRO: Final = """\
Everything that `import simulator` offers. A scenario is a YAML file or the classes below; both
give the same bytes.

```python
from simulator import compile_scenario, generate, load

plan, truth = compile_scenario(load("storylines/password-totp", era="post"))
for batch in generate(plan):
    for line in batch.lines:
        print(line.decode(), end="")
```
"""

_GROUPS: Final = {
    "Scenarios": ("simulator.scenario.library",),
    "Plans": ("simulator.plan.compiler",),
    "Records": ("simulator.run", "simulator.sinks.targets", "simulator.primitives.instants"),
    "Records in memory": ("simulator.testing",),
    "What a scenario is made of": ("simulator.scenario.document",),
    "Provisioning": ("simulator.scenario.provisioning",),
    "What a storyline is made of": ("simulator.scenario.actions",),
    "Errors": ("simulator.errors",),
}
"""Heading, and the modules that are the homes of what stands below it."""


def page() -> str:
    """Return the page."""
    lines = [notice("`simulator.__all__`"), "# Python API", "", *_INTRO.split("\n")]
    for heading, homes in _GROUPS.items():
        names = names_of(homes)
        lines += [f"## {heading}", ""]
        lines += table(("name", "what it is"), _told(names))
        for name in names:
            # mkdocstrings puts the documentation here.
            lines += [f"::: simulator.{name}", ""]
    return "\n".join(lines).rstrip() + "\n"


def names_of(homes: tuple[str, ...]) -> list[str]:
    """Return the public names whose home one of some modules is."""
    return [
        name for name in simulator.__all__ if getattr(simulator, name).__module__.startswith(homes)
    ]


def _told(names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        words = inspect.getdoc(getattr(simulator, name)) or ""
        yield code(name), words.partition("\n")[0]

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
    "simulator.scenario.library": "Scenarios",
    "simulator.plan.compiler": "Plans",
    "simulator.run": "Records",
    "simulator.scenario.document": "What a scenario is made of",
    "simulator.scenario.provisioning": "Provisioning",
    "simulator.scenario.actions": "What a storyline is made of",
    "simulator.errors": "Errors",
}
"""Heading of what each module is the home of."""


def page() -> str:
    """Return the page."""
    lines = [notice("`simulator.__all__`"), "# Python API", "", *_INTRO.split("\n")]
    for home, heading in _GROUPS.items():
        names = names_of(home)
        lines += [f"## {heading}", ""]
        lines += table(("name", "what it is"), _told(names))
        for name in names:
            # mkdocstrings puts the documentation here.
            lines += [f"::: simulator.{name}", ""]
    return "\n".join(lines).rstrip() + "\n"


def names_of(home: str) -> list[str]:
    """Return the public names whose home a module is."""
    return [
        name for name in simulator.__all__ if getattr(simulator, name).__module__.startswith(home)
    ]


def _told(names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        words = inspect.getdoc(getattr(simulator, name)) or ""
        yield code(name), words.partition("\n")[0]

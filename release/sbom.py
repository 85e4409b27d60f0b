"""Software bills of materials, in CycloneDX: what an installation consists of, from the locks.

`base` is a plain installation and `all` one with every extra that a user may ask for. No time
and no random number is in them, so they are the same wherever they are made; and no address of
a package index, for where packages come from is the user's affair. `all` may list a package too
many: a lock does not say which extra of another package one is there for.

python -m release.sbom [FOLDER]     into dist/, or a folder
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NOT_FOR_USERS: Final = ("dev", "test")
"""Extras that are for whoever works on the project."""

_PROJECT: Final = "trailwright"


@dataclass(frozen=True, slots=True)
class Locked:
    """A package in a lock."""

    name: str
    line: str
    """As the lock has it: name, version, marker and hashes."""

    wanted_by: frozenset[str]
    """Names of the packages that need it, and `trailwright` if that does."""


def locked(text: str) -> Iterator[Locked]:
    """Yield the packages of a lock as uv writes it."""
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        lines, _, rest = block.partition("    # via")
        wanting = re.findall(r"^ *(?:# +)?([a-z0-9][\w.-]*)", rest, re.MULTILINE)
        yield Locked(block.partition("==")[0], lines, frozenset(wanting))


def names(requirements: Iterable[str]) -> set[str]:
    """Return what is named by requirements, as a lock spells it."""
    found = (re.match(r"[\w.-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", it[0]).lower() for it in found if it}


def needed(lock: list[Locked], roots: set[str]) -> list[Locked]:
    """Return the packages that `roots` are or lead to."""
    kept = set(roots)
    while more := {it.name for it in lock if it.wanted_by & kept} - kept:
        kept |= more
    return [it for it in lock if it.name in kept]


def bill(tree: Path, packages: list[Locked], roots: set[str]) -> dict[str, Any]:
    """Return the bill of materials of some packages."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    # It would be told as the time of the bill.
    environment.pop("SOURCE_DATE_EPOCH", None)
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements"),
            *(
                "--pyproject",
                str(tree / "pyproject.toml"),
                "--output-reproducible",
                "--no-validate",
                "-",
            ),
        ],
        input="".join(it.line for it in packages),
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        sys.exit(f"no bill of materials: {done.stderr}")
    made: dict[str, Any] = orjson.loads(done.stdout)
    # Addresses of the tool's own pages, which say nothing of the release.
    made["metadata"].pop("tools", None)
    root = made["metadata"]["component"]
    root["bom-ref"] = root["purl"] = f"pkg:pypi/{_PROJECT}@{root['version']}"
    refs: dict[str, list[str]] = {}
    for component in made["components"]:
        purl = component["bom-ref"] = component["purl"]
        component.pop("description", None)
        # Its hashes stand with an address, for which the index's would otherwise stand.
        for reference in component.get("externalReferences", ()):
            reference["url"] = purl
        refs.setdefault(component["name"], []).append(purl)
    wanting = {root["bom-ref"]: [ref for name in sorted(roots) for ref in refs.get(name, ())]}
    for it in packages:
        for ref in refs[it.name]:
            wanted = [one.name for one in packages if it.name in one.wanted_by]
            wanting[ref] = [below for name in wanted for below in refs[name]]
    made["dependencies"] = [
        {"ref": ref, **({"dependsOn": sorted(set(below))} if below else {})}
        for ref, below in sorted(wanting.items())
    ]
    made["components"].sort(key=lambda it: it["bom-ref"])
    return made


def bills(tree: Path) -> dict[str, dict[str, Any]]:
    """Return the bills of a tree: `base` and `all`."""
    project = tomllib.loads((tree / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    base = names(project["dependencies"])
    every = base.union(
        *(names(lines) for name, lines in extras.items() if name not in NOT_FOR_USERS)
    )
    locks = tree / ".ci" / "locks"
    return {
        "base": bill(tree, [*locked((locks / "base.txt").read_text("utf-8"))], base),
        "all": bill(tree, needed([*locked((locks / "dev.txt").read_text("utf-8"))], every), every),
    }


def write(tree: Path, folder: Path) -> list[Path]:
    """Write the bills of a tree into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, made in bills(tree).items():
        version = made["metadata"]["component"]["version"]
        path = folder / f"{_PROJECT}-{version}.{name}.cdx.json"
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        path.write_bytes(orjson.dumps(made, option=options))
        written.append(path)
    return written


def main() -> None:
    """Write the bills of this tree."""
    root = Path(__file__).parents[1]
    folder = Path(sys.argv[1]) if sys.argv[1:] else root / "dist"
    for path in write(root, folder):
        print(path)


if __name__ == "__main__":
    main()

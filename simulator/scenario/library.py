"""Finding a scenario, by its path or by the name of one that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from simulator.errors import Finding, InputError, RequestError, ScenarioError
from simulator.primitives.shipped import shipped
from simulator.scenario import reader
from simulator.scenario.checks import check
from simulator.scenario.document import Scenario
from simulator.scenario.dump import written
from simulator.scenario.expansion import expand
from simulator.scenario.resolve import resolve
from simulator.scenario.wording import explain, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from simulator.scenario.actions import Part
    from simulator.scenario.reader import Document
    from simulator.scenario.wording import Problem

_SUFFIXES = (".yaml", ".yml", ".json")


def folder() -> Path:
    """Return where the shipped scenarios are: in the package, or beside it in a checkout."""
    return shipped("scenarios")


def paths() -> dict[str, Path]:
    """Return the file of every shipped scenario by its name, such as `baseline/office`."""
    top = folder()
    found = {path.relative_to(top).with_suffix("").as_posix(): path for path in top.rglob("*.yaml")}
    return dict(sorted(found.items()))


def names() -> dict[str, str]:
    """Return the description of every shipped scenario by its name."""
    documents = {
        name: reader.parse(reader.file_text(path), str(path)) for name, path in paths().items()
    }
    return {name: document.value.get("description", "") for name, document in documents.items()}


def find(path_or_name: str | Path) -> Path:
    """Return the file that is meant; a file in the current folder goes before a name.

    Raises:
        InputError: There is neither a file nor a shipped scenario of that name.
    """
    path = Path(path_or_name)
    if path.is_file():
        return path
    shipped = paths()
    name = str(path_or_name)
    if name in shipped:
        return shipped[name]
    if path.exists() or path.suffix in _SUFFIXES:
        # Reading it says what is wrong with it.
        return path
    last = {known.rpartition("/")[2]: known for known in shipped}
    hint = f" (did you mean '{last[name]}'?)" if name in last else suggestion(name, shipped)
    message = (
        f"no such file or scenario: {name}{hint}; `scenario list` shows those that are shipped"
    )
    raise InputError(message)


def _play(name: str, file: str) -> Document:
    """Return the play of a name: a file beside the one that uses it, or a shipped scenario."""
    beside, shipped = Path(file).parent / name, paths()
    path = beside if beside.is_file() else shipped.get(name)
    if path is None:
        message = f"no such play{suggestion(name, shipped)}"
        raise InputError(message)
    return reader.parse(reader.file_text(path), str(path))


def read(text: str, file: str, parameters: Mapping[str, Any] | None = None) -> Scenario:
    """Return the scenario in a YAML or JSON text, checked, with its plays written out.

    Raises:
        ScenarioError: Something is wrong with it; all findings at once.
    """
    document = expand(reader.parse(text, file), _play, parameters)
    scenario = reader.typed(document)
    problems = check(scenario)
    if problems:
        raise ScenarioError(
            [
                document.finding(problem.where, problem.message, at_key=problem.at_key)
                for problem in problems
            ]
        )
    return scenario


def load(  # noqa: PLR0913  # what the command line may change
    path_or_name: str | Path,
    *,
    seed: int | None = None,
    era: str | None = None,
    cutover: str | None = None,
    events: int | None = None,
    intensity: str | None = None,
    trail: Mapping[str, Any] | None = None,
    mutations: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Scenario:
    """Return a scenario, checked and resolved.

    Args:
        path_or_name: A file, or the name of a shipped scenario.
        seed: In place of the scenario's own; likewise the others.
        era: An era's name, `pre`, `post` or `by-date`.
        cutover: `announced`, `revised`, `observed` or an instant.
        events: Number of background records, in place of `events` or `intensity`.
        intensity: Background factor, such as `1.5`, likewise.
        trail: Members of the trail, such as `{"files": {"every": "1m"}}`, put over the
            scenario's own.
        mutations: Mutations by name, such as `{"bom": "5%"}`, likewise.
        parameters: Values in place of the defaults of the scenario's `parameters`.

    Returns:
        The scenario with every default filled in: `compile_scenario`, `collect` and
        `Request` take it.

    Raises:
        InputError: There is no such file or scenario.
        ScenarioError: Something is wrong with it; all findings at once.
        RequestError: A value given here is not a valid one.
    """
    path = find(path_or_name)
    scenario = read(reader.file_text(path), str(path), parameters)
    return resolve(
        changed(
            scenario,
            seed=seed,
            era=era,
            cutover=cutover,
            events=events,
            intensity=intensity,
            trail=trail,
            mutations=mutations,
        )
    )


def changed(  # noqa: PLR0913  # as `load`
    scenario: Scenario,
    *,
    seed: int | None = None,
    era: str | None = None,
    cutover: str | None = None,
    events: int | None = None,
    intensity: str | None = None,
    trail: Mapping[str, Any] | None = None,
    mutations: Mapping[str, Any] | None = None,
) -> Scenario:
    """Return a scenario with values in place of its own, as `load` takes them.

    Raises:
        RequestError: A value is not a valid one.
    """
    if events is not None and intensity is not None:
        raise RequestError("give events or intensity, not both")
    changes: dict[str, Any] = {"seed": seed, "era": era, "cutover": cutover}
    for name, value in (("events", events), ("intensity", intensity)):
        if value is not None:
            changes["background"] = {name: value}
    if trail:
        own = scenario.trail.model_dump(mode="json", by_alias=True, exclude_unset=True)
        changes["trail"] = _over(own, trail)
    if mutations:
        changes["mutations"] = _over(written(scenario).get("mutations", {}), mutations)
    changes = {name: value for name, value in changes.items() if value is not None}
    if not changes:
        return scenario
    frame = {"scenario": "x", "window": {"start": 0, "end": 0}}
    try:
        typed = Scenario.model_validate(frame | changes)
    except ValidationError as error:
        findings = [
            f"{_meant(problem.where)}: {problem.message}" for problem in explain(error, changes)
        ]
        raise RequestError("\n".join(findings)) from None
    made = scenario.model_copy(update={name: getattr(typed, name) for name in changes})
    problems = check(made) if trail or mutations else []
    if problems:
        lines = (f"{'.'.join(map(str, one.where))}: {one.message}" for one in problems)
        raise RequestError("\n".join(lines))
    return made


def _meant(where: tuple[str | int, ...]) -> str:
    """Return which value is meant: its own name says so, but in what there is more of."""
    return ".".join(map(str, where)) if where[0] in {"mutations", "trail"} else str(where[-1])


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return one mapping with another put over it, mapping by mapping."""
    made = dict(below)
    for name, value in above.items():
        old = made.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            made[name] = _over(old, value)
        else:
            made[name] = value
    return made


def mutations_from(settings: Iterable[str]) -> dict[str, Any]:
    """Return mutations such as `bom=5%` or `clock-skew.by=1h` as the mappings of a scenario.

    Raises:
        RequestError: One is not written so.
    """
    spelled = []
    for setting in settings:
        name, equals, share = setting.partition("=")
        if not (name and equals and share):
            message = f"--mutate {setting!r}: expected NAME=SHARE, such as {_SUCH_AS['--mutate']}"
            raise RequestError(message)
        # A share alone must not take the place of what else is said of the mutation.
        spelled.append(setting if "." in name else f"{name}.share={share}")
    return parts_from(spelled, "--mutate")


_SUCH_AS: Final = {
    "--mutate": "missing-member=1%",
    "--set": "victim=ana.lopez",
    "--trail": "files.every=1m",
}
"""Options that take settings, and an example of each."""


def parts_from(settings: Iterable[str], option: str = "--set") -> dict[str, Any]:
    """Return settings such as `files.every=1m` as the mappings that YAML would have.

    Raises:
        RequestError: One has no name or no value, or its value is not YAML.
    """
    made: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not (equals and all(name.split("."))):
            message = f"{option} {setting!r}: expected NAME=VALUE, such as {_SUCH_AS[option]}"
            raise RequestError(message)
        try:
            value: Any = reader.parse(f"value: {text}", setting).value["value"]
        except ScenarioError as error:
            raise RequestError(str(error)) from None
        first, *inner = name.split(".")
        for part in reversed(inner):
            value = {part: value}
        made = _over(made, {first: value})
    return made


def from_mapping(document: Mapping[str, Any], name: str) -> Scenario:
    """Return a scenario made of mappings, lists and text as a file has them, as `load` does.

    Args:
        document: What a file would say.
        name: What findings call it.

    Raises:
        ScenarioError: Something is wrong with it; all findings at once.
    """
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        _refuse(explain(error, dict(document)), name)
        raise
    return prepare(scenario)


def fits(part: type[Part], values: Mapping[str, Any]) -> bool:
    """Return whether a part of a scenario may have some values."""
    try:
        part.model_validate(values)
    except ValidationError:
        return False
    return True


def prepare(scenario: Scenario) -> Scenario:
    """Return a scenario made in Python, checked and resolved as `load` does.

    Args:
        scenario: Made of the classes of `simulator`. Instants are whole milliseconds since
            1970, durations whole milliseconds, shares whole millionths.

    Returns:
        Another scenario, with every default filled in. One that is resolved comes back as it is.

    Raises:
        ScenarioError: Something is wrong with it; all findings at once.
    """
    _refuse(check(scenario), scenario.scenario)
    return resolve(scenario)


def _refuse(problems: Iterable[Problem], name: str) -> None:
    findings = [
        Finding(name, 0, 0, ".".join(map(str, problem.where)), problem.message)
        for problem in problems
    ]
    if findings:
        raise ScenarioError(findings)

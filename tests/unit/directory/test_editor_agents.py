"""What editors say they are."""

from __future__ import annotations

import re

from simulator.directory.editor_agents import editor_agent
from simulator.primitives.instants import parse_instant

CLIENT = "00000000-0000-4000-8000-000000000000"


def test_an_editor_names_itself_its_version_and_its_installation():
    """Visual Studio Code 1.95 came out in October 2024; IntelliJ IDEA numbers by year."""
    at = parse_instant("2024-11-10")

    code = editor_agent("vscode", at, CLIENT)
    idea = editor_agent("jetbrains", at, CLIENT)

    assert f" Visual-Studio-Code/1.95.0 ClientId/{CLIENT}" in code
    assert re.fullmatch(
        rf"AWS-Toolkit-For-JetBrains/3\.\d+ IntelliJ-IDEA/2024\.3 ClientId/{CLIENT}", idea
    )


def test_versions_never_go_back():
    """Each later year has a later editor."""
    agents = [
        editor_agent("jetbrains", parse_instant(f"{year}-06-01"), CLIENT)
        for year in range(2022, 2030)
    ]
    numbers = [re.search(r"IDEA/(\d+)\.(\d)", agent).groups() for agent in agents]

    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)

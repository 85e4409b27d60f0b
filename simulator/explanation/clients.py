"""What a user agent says of the program, in words.

For people who read: whoever calls chooses what it says.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from simulator.explanation.words import told

# The first that is found tells: Edge says it is Chrome, and Chrome that it is Safari.
_PROGRAMS: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Terraform/(\d+\.\d+)", "Terraform {}"),
        (r"\baws-toolkit-vscode|AWS-Toolkit-For-VSCode", "the AWS Toolkit for VS Code"),
        (r"AWS-Toolkit-For-JetBrains", "the AWS Toolkit for JetBrains"),
        (r"aws-cli/(\d+\.\d+)", "AWS CLI {}"),
        (r"Boto3/(\d+\.\d+)", "Python (boto3 {})"),
        (r"Botocore/(\d+\.\d+)", "Python (botocore {})"),
        (r"aws-sdk-([a-z]+)", "an AWS SDK ({})"),
        (r"Edg/(\d+)", "Edge {}"),
        (r"Firefox/(\d+)", "Firefox {}"),
        (r"CriOS/(\d+)|Chrome/(\d+)", "Chrome {}"),
        (r"Version/(\d+)[0-9.]* (?:Mobile/\w+ )?Safari/", "Safari {}"),
        (r"[Oo]kta", "Okta"),
        (r"Azure ?AD|Entra|Microsoft", "a client of Microsoft's"),
        (r"^AWS Internal|\.amazonaws\.com$", "a service of AWS"),
        (r"curl/(\d+)", "curl {}"),
        (r"python-requests/(\d+)", "Python (requests {})"),
    )
)
_SYSTEMS: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"iPhone|iPad", "iOS"),
        (r"Android", "Android"),
        (r"Windows|os/windows", "Windows"),
        (r"Mac OS X|Macintosh|os/macos|Darwin", "macOS"),
        (r"Linux|os/linux|X11", "Linux"),
    )
)
_COMMAND: Final = re.compile(r"md/command#([a-z0-9-]+(?:\.[a-z0-9-]+)*)")
_LOOKED_AT: Final = 1_000


@lru_cache(maxsize=4_096)
def client_of(agent: str) -> str:
    """Return a program in words; the beginning of what it says, where nothing is known of it."""
    text = agent[:_LOOKED_AT]
    program = _program(text)
    if not program:
        return told(agent)[:60]
    system = next((words for pattern, words in _SYSTEMS if pattern.search(text)), "")
    command = _COMMAND.search(text)
    running = f", running `aws {command[1].replace('.', ' ')}`" if command else ""
    return f"{program}{f' on {system}' if system else ''}{running}"


def _program(text: str) -> str:
    for pattern, words in _PROGRAMS:
        if found := pattern.search(text):
            return words.format(next((one for one in found.groups() if one), "")).strip()
    return ""

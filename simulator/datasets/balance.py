"""How much everyday activity makes malicious records the share of all that is asked for.

The storyline is kept whole: nothing is left out of it and nothing is repeated. What is
around it is planned to be as much as it takes.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

import orjson

from simulator.errors import RequestError
from simulator.plan.compiler import compile_scenario
from simulator.plan.episodes import Given
from simulator.run.press import Cut, Press
from simulator.sinks.truth import TruthLines

if TYPE_CHECKING:
    from simulator.scenario.document import Scenario


def share_from(text: str) -> Fraction:
    """Read a share as it is asked for, such as `1%` or `0.01`.

    Raises:
        RequestError: It is none, or not between 0 and 1.
    """
    most = 100 if text.endswith("%") else 1
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        number = Decimal(0)
    # Beyond what anybody asks for, a fraction would have as many digits as the number says.
    if not number.is_finite() or not Decimal("1e-9") <= number <= most:
        message = f"--malicious {text!r}: expected a share such as 1% or 0.01"
        raise RequestError(message)
    return Fraction(number) / most


def events_for(scenario: Scenario, share: Fraction) -> int:
    """Return how many records a run must have for this share of them to be malicious.

    Raises:
        RequestError: The storyline has no malicious record, or more than that share.
        ScenarioError: The scenario cannot be run.
    """
    plan, truth = compile_scenario(scenario)
    scripted = replace(plan, everyday=Given())
    press = Press(scripted, "vectorised", (TruthLines(scripted, truth),))
    all_of_them = malicious = 0
    for window in Cut().windows(scripted):
        for sheet in press.printed(window):
            for line in bytes(sheet.texts[0]).splitlines():
                all_of_them += 1
                malicious += orjson.loads(line)["label"] == "malicious"
    if not malicious:
        message = (
            f"--malicious: no record of {scenario.scenario}'s storyline is labelled malicious; "
            "give an entry `label: malicious`, or leave --malicious out"
        )
        raise RequestError(message)
    wanted = round(malicious / share)
    if wanted < all_of_them:
        # Cut, not rounded: what is said must be possible.
        most = Decimal(malicious * 10_000 // all_of_them) / 100
        message = (
            f"--malicious: {malicious} of the storyline's own {all_of_them} records are malicious, "
            f"so that no more than {most}% of all can be"
        )
        raise RequestError(message)
    return wanted

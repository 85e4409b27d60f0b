"""Every stand-in, by name."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class StandIn:
    """A row of the table."""

    name: str
    meaning: str
    module: str
    """The module that has it, in this folder: `standing(…)` gives its address, and `FAULTS`
    lists what can go wrong."""

    settings: str = ""
    """What `--with` needs to say to reach it; empty for nothing."""

    def faults(self) -> tuple[str, ...]:
        """Return what can go wrong with it."""
        faults: tuple[str, ...] = self._loaded().FAULTS
        return faults

    def standing(self) -> Callable[..., AbstractContextManager[str]]:
        """Return what stands in."""
        made: Callable[..., AbstractContextManager[str]] = self._loaded().standing
        return made

    def _loaded(self) -> Any:  # noqa: ANN401  # modules have no type of their own
        return importlib.import_module(f"simulator.standins.{self.module}")


STANDINS: Final = (
    StandIn("hec", "Splunk's HTTP Event Collector", "hec", "token=any"),
    StandIn("elasticsearch", "the bulk interface of Elasticsearch and OpenSearch", "bulk"),
    StandIn("webhook", "any intake over HTTP; also what Datadog, Sumo and Loki take", "webhook"),
    StandIn("lines", "lines over TCP", "lines"),
    StandIn("syslog", "syslog over TCP, read strictly", "syslog"),
    StandIn("datagrams", "datagrams: records as they are, or syslog messages", "datagrams"),
)
"""In the order of the documents."""

BY_NAME: Final = {one.name: one for one in STANDINS}

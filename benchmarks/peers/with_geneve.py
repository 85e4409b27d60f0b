"""Geneve: documents that satisfy a detection rule's query, one at a time, written with orjson.

Run with the interpreter of the peer's own environment: python with_geneve.py 10000
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import Final

import orjson
from geneve.events_emitter import SourceEvents

QUERY: Final = """\
any where event.dataset == "aws.cloudtrail" and event.provider == "signin.amazonaws.com"
  and event.action in ("CredentialChallenge", "CredentialVerification", "UserAuthentication")
  and event.outcome in ("success", "failure") and cidrmatch(source.ip, "203.0.113.0/24")
  and user.name : ("a*.*", "b*.*", "c*.*") and user_agent.original : "Mozilla/5.0 (*)*"
  and aws.cloudtrail.request_id : "????????-????-????-????-????????????"
"""


def main() -> None:
    """Write so many records to standard output."""
    SourceEvents.schema = {"source.ip": {"type": "ip"}}
    source = iter(SourceEvents.from_query(QUERY))
    left = int(sys.argv[1])
    while left > 0:
        for event in islice(next(source), left):
            sys.stdout.buffer.write(orjson.dumps(event.doc) + b"\n")
            left -= 1


if __name__ == "__main__":
    main()

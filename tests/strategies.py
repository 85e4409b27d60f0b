"""Plans that Hypothesis makes up: any flow, any declared value, and odd text.

`plans` promises only what both engines ask of a plan: columns within their domains, and
no two episodes of one key. `sign_ins` promises what the planner does as well: outcomes
that fit together, such as no code after a wrong password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from hypothesis import strategies as st
from hypothesis.vendor.pretty import for_type_by_name

from simulator.flows import FLOWS
from simulator.flows.cli_sign_in import MAX_POLLS
from simulator.flows.sign_in import MAX_TRIES
from simulator.plan.episodes import block_of
from simulator.primitives.instants import DAY, EARLIEST, HOUR, LATEST, MINUTE
from simulator.primitives.keys import Key, purpose
from simulator.records.api.operations import OPERATIONS
from simulator.records.eras import CUTOVERS, ERA_NAMES, boundaries
from simulator.records.eras.ladder import Boundaries
from simulator.records.fields import (
    ASSERTION_ERRORS,
    COLUMNS,
    CREDENTIAL_TYPES,
    GRANTS,
    MAX_ATTRIBUTES,
    OUTCOMES,
    PASSWORD_MODES,
    SATISFIED,
    TYPED_FORMS,
)
from tests.builders import START, TEXTS, a_plan, a_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from simulator.flows.steps import Flow

# A failing plan is printed with its flows by name: their steps are not what was drawn.
for_type_by_name(
    "simulator.flows.steps", "Flow", lambda flow, printer, _: printer.text(f"<{flow.name}>")
)

ROWS: Final = 3
"""Rows of every table of `tables` but the instance's; positions run to `ROWS - 1`."""

TEXT_ROWS: Final = 12
"""Rows of table `text`."""

ODD: Final = (
    "",
    '"',
    "\\",
    "\x00",
    "a\x00",
    "\x1f\x7f",
    "line\nend\r\ttab",
    "é",
    "ß\u0301",
    "日本語",
    "😀👩‍👩‍👧",
    "\u2028\u202e\ufeff",
    "&=<>'",
    "\\u003d",
    "%s {0} ${x}",
    '","eventName":"ConsoleLogin',
    "x" * 3_000,
    "'; DROP TABLE users; --",
    "  padded  ",
    "\uffff\U0010ffff",
)
"""Text that has broken writers of JSON, fixed-width columns or escaping before."""

odd_text: Final = st.one_of(st.sampled_from(ODD), st.text(max_size=12))
regions: Final = st.sampled_from(("us-east-1", "us-east-2", "eu-central-1", "ap-southeast-2"))
accounts: Final = st.from_regex(r"[0-9]{12}", fullmatch=True)
words: Final = st.one_of(
    st.integers(0, (1 << 64) - 1), st.sampled_from((0, 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1))
)
instants: Final = st.integers(EARLIEST, LATEST - 1)
starts: Final = st.one_of(st.integers(START - DAY, START + DAY), instants)


def _up_to(last: int) -> SearchStrategy[int]:
    return st.integers(0, last)


_ROW = _up_to(ROWS - 1)
_TEXT = _up_to(TEXT_ROWS - 1)
_FLAG = _up_to(1)
_PINNED = st.integers(-1, TEXT_ROWS - 1)

DOMAINS: Final[dict[str, SearchStrategy[int]]] = {
    "key_high": words,
    "key_low": words,
    "start": starts,
    "address": _ROW,
    "agent": _ROW,
    "region": _ROW,
    "gaps": _up_to(2),
    "step": _up_to(60),
    "request": _up_to(60),
    "time": instants,
    "outcome": _up_to(len(OUTCOMES) - 1),
    "instance": st.just(0),
    "user": _ROW,
    "admin": _ROW,
    "admin_kind": _up_to(2),
    "actor": _FLAG,
    "copy": _up_to(2),
    "known": _FLAG,
    "verified": _FLAG,
    "typed_form": _up_to(len(TYPED_FORMS) - 1),
    "typed": _TEXT,
    "slip": st.one_of(st.just(-1), st.integers(-1, (1 << 31) - 1)),
    "credential_type": _up_to(len(CREDENTIAL_TYPES) - 1),
    "satisfied": _up_to(len(SATISFIED) - 1),
    "enrolling": _FLAG,
    "assertion_error": _up_to(len(ASSERTION_ERRORS) - 1),
    "pin_workflow": _PINNED,
    "pin_credential": _PINNED,
    "pin_session": _PINNED,
    "session_high": words,
    "session_low": words,
    "session_end": instants,
    "by_token": _FLAG,
    "token_high": words,
    "token_low": words,
    "token_expiry": instants,
    "client_high": words,
    "client_low": words,
    "grant": _up_to(len(GRANTS) - 1),
    "expires_in": _up_to(1 << 31),
    "redirect_port": _up_to(65_535),
    "account": _ROW,
    "permission_set": _ROW,
    "console": _FLAG,
    "on_behalf": _FLAG,
    "named": _TEXT,
    "scim_token": _TEXT,
    "scoped": _FLAG,
    "role_high": words,
    "role_low": words,
    "role_at": instants,
    "role_until": instants,
    "role_seconds": _up_to(43_200),
    "role": _ROW,
    "server": _ROW,
    "member_accounts": _FLAG,
    "group": _ROW,
    "group_name": _TEXT,
    "described": _FLAG,
    "membership": _ROW,
    "device": _ROW,
    "device_name": _TEXT,
    "password_mode": _up_to(len(PASSWORD_MODES) - 1),
    "attributes": st.integers(1, MAX_ATTRIBUTES),
    **{f"attribute_{place}": _TEXT for place in range(1, MAX_ATTRIBUTES + 1)},
    **{f"{side}_document": _ROW for side in ("request", "response")},
    "error": _ROW,
    "invoked_by": _TEXT,
    "switch_kept_name": _FLAG,
    "switch_failed_known": _FLAG,
    "switch_hidden_name": _FLAG,
    "switch_sid": _FLAG,
    "switch_dual_stack": _FLAG,
    "switch_role_session": _up_to(2),
    # Columns that only the steps of a flow ask about.
    "factor": _up_to(3),
    **{f"{stage}_tries": _up_to(MAX_TRIES) for stage in ("password", "code")},
    **{f"{stage}_ok": _FLAG for stage in ("password", "code")},
    **{f"{stage}_open": _FLAG for stage in ("password", "code")},
    "resync": _FLAG,
    "signed_in": _FLAG,
    "enrolment": _up_to(2),
    "enrol_type": st.integers(1, 2),
    "refusals": _up_to(MAX_TRIES),
    "polls": _up_to(MAX_POLLS),
    "device_type": st.integers(1, 2),
    "completes": _FLAG,
}
"""Column to the values it may have, in the tables of `tables`."""

SWITCHES: Final = tuple(name for name in COLUMNS if name.startswith("switch_"))

ACCOUNTS: Final = frozenset({"instance.account", "admin.account", "account.id"})
"""Columns of text that hold account numbers."""

_OPTIONAL: Final = (
    "typed",
    "slip",
    "typed_form",
    "region",
    "pin_workflow",
    "pin_credential",
    "pin_session",
    "by_token",
    "token_high",
    "token_low",
    "token_expiry",
)
"""Columns that any episode may add to those its flow asks for."""

_PERHAPS: Final = frozenset({"request_document", "response_document", "error", "invoked_by"})
"""Columns of a call that may point nowhere."""


@st.composite
def tables(draw: DrawFn):
    """Draw the text of all tables, odd where AWS does not prescribe a form.

    Columns share a few texts, dealt out in turn: drawing each for itself would take
    longer than the law that asks for them.
    """
    pool = draw(st.lists(odd_text, min_size=1, max_size=2 * TEXT_ROWS))
    numbers = draw(st.lists(accounts, min_size=1, max_size=ROWS))
    texts = {"instance.region": (draw(regions),)}
    dealt = 0
    for name in TEXTS:
        if name in texts:
            continue
        values = numbers if name in ACCOUNTS else pool
        count = {"text": TEXT_ROWS, "instance": 1}.get(name.partition(".")[0], ROWS)
        dealt_out = [values[(dealt + row) % len(values)] for row in range(count)]
        if name == "document.value":
            # JSON that holds the odd text, since a document is not escaped again.
            dealt_out = [orjson.dumps({"name": text}).decode() for text in dealt_out]
        texts[name] = tuple(dealt_out)
        dealt += count
    return a_tables(texts)


@st.composite
def eras(draw: DrawFn):
    """Draw when eras begin: presets, one era for all, or any two instants for each family."""
    preset = st.builds(boundaries, st.sampled_from((*CUTOVERS, "observed")), regions)
    one = st.builds(boundaries, st.just("announced"), regions, st.sampled_from(ERA_NAMES))
    near = st.integers(START - DAY, START + DAY)
    pair = st.tuples(near, near).map(lambda two: tuple(sorted(two)))
    return draw(st.one_of(preset, one, st.builds(Boundaries, pair, pair)))


@st.composite
def rows(draw: DrawFn, flow: Flow):
    """Draw one episode of a flow, but for its key."""
    more = draw(st.sets(st.sampled_from(_OPTIONAL), max_size=3))
    names = {"start", "address", "agent", "gaps"} | flow.columns | more
    made = {name: draw(DOMAINS[name]) for name in sorted(names)}
    if not made.get("known", 1) or made.get("typed_form") == TYPED_FORMS.index("typed"):
        made.setdefault("typed", 0)
    if "UpdateGroup" in flow.name and made.get("described") and draw(st.booleans()):
        # Only the description changes.
        made["group_name"] = -1
    for name in sorted(_PERHAPS & flow.columns):
        if draw(st.booleans()):
            made[name] = -1
    return made


def keyed(episodes: Sequence[dict[str, int]], seed: int) -> list[dict[str, int]]:
    """Return episodes with keys of their own."""
    root = Key.root(seed)
    keys = [root.nth(purpose("episode"), place) for place in range(len(episodes))]
    return [
        {**row, "key_high": key.high, "key_low": key.low}
        for row, key in zip(episodes, keys, strict=True)
    ]


def blocks_of(flow: Flow, episodes: Sequence[dict[str, int]]):
    """Return episodes of one flow as blocks: one for each set of columns."""
    by_columns: dict[tuple[str, ...], list[dict[str, int]]] = {}
    for row in episodes:
        by_columns.setdefault(tuple(row), []).append(row)
    return [block_of(flow, alike) for alike in by_columns.values()]


def _kinds_of(flow: Flow) -> set[str]:
    return {step.kind for step in flow.steps}


_FEW: Final = frozenset(
    {
        "sso/CreatePermissionSet",
        "sso/DeletePermissionSet",
        "sso/GetSsoConfiguration",
        "iam/CreateRole",
        "sso-directory/ImportExternalIdPCertificate",
    }
)

DRAWN: Final = tuple(
    flow
    for flow in FLOWS
    if flow.name.removesuffix("@shared") in _FEW or not OPERATIONS.keys() & _kinds_of(flow)
)
"""Flows that plans are drawn from: of calls that are recorded by table, one of each make."""


@st.composite
def plans(draw: DrawFn, flows: Sequence[Flow] = DRAWN, *, episodes: int = 4):
    """Draw a plan of a few episodes each of a few flows."""
    chosen = draw(st.lists(st.sampled_from(flows), min_size=1, max_size=4, unique_by=id))
    made = []
    for place, flow in enumerate(chosen):
        own = draw(st.lists(rows(flow), min_size=1, max_size=episodes))
        made += blocks_of(flow, keyed(own, place))
    fixed = st.lists(st.integers(0, 2 * HOUR), max_size=4).map(tuple)
    constants = draw(st.dictionaries(st.sampled_from(SWITCHES), _FLAG))
    return a_plan(
        made,
        tables=draw(tables()),
        gaps=((), draw(fixed), draw(fixed)),
        eras=draw(eras()),
        constants=constants,
        escapes=draw(st.booleans()),
    )


def fitting(row: dict[str, int]) -> dict[str, int]:
    """Return a sign-in with a password whose outcomes fit together, as the planner makes it."""
    made = dict(row)
    if not made["known"] or not made["password_tries"]:
        made["password_ok"] = 0
    passed = made["password_ok"]
    made["password_open"] &= 1 - passed
    if not made["password_tries"]:
        made["password_open"] = 1
    if not passed or not made["factor"]:
        made |= {"code_tries": 0, "code_ok": 0, "code_open": 0}
    if not made["code_tries"]:
        made["code_ok"] = 0
    is_code = passed and made["factor"]
    if made["factor"] != 1 or made["code_ok"] or not made["code_tries"]:
        made["resync"] = 0
    if made["code_ok"] or made["resync"]:
        made["code_open"] = 0
    if is_code and not made["code_tries"]:
        made["code_open"] = 1
    made["signed_in"] = int(
        bool(passed) and (not made["factor"] or bool(made["code_ok"] or made["resync"]))
    )
    if made["factor"] or not made["signed_in"]:
        made["enrolment"] = 0
    return made


def fitting_by_email(row: dict[str, int]) -> dict[str, int]:
    """Return a first sign-in by e-mailed password whose outcomes fit together."""
    made = dict(row)
    if not made["known"] or not made["code_tries"]:
        made["code_ok"] = 0
    if made["code_ok"]:
        made["code_open"] = 0
    elif not made["code_tries"]:
        made["code_open"] = 1
    made["signed_in"] = made["code_ok"]
    return made


FITTING: Final = {"sign-in": fitting, "sign-in-by-email": fitting_by_email}

SIGN_INS: Final = tuple(flow for flow in FLOWS if flow.name.startswith("sign-in"))


@st.composite
def sign_ins(draw: DrawFn, *, begin: int = START):
    """Draw a plan of sign-ins as the planner makes them, in one era, an hour apart."""
    made = []
    count = 0
    for flow in draw(st.lists(st.sampled_from(SIGN_INS), min_size=1, unique_by=id)):
        fit = FITTING.get(flow.name, dict)
        own = draw(st.lists(rows(flow).map(fit), min_size=1, max_size=3))
        for row in own:
            # Neither pins nor fixed gaps: what is drawn must hold the story together.
            for name in ("pin_workflow", "pin_credential", "pin_session"):
                row.pop(name, None)
            row |= {"start": begin + count * HOUR, "gaps": 0}
            if not row.get("known", 1):
                row |= {"typed_form": 3, "typed": 0, "slip": -1, "user": -1}
            count += 1
        made += blocks_of(flow, keyed(own, len(made)))
    # One era for all: a sign-in that begins before a cutover and ends after it shows two forms.
    era = draw(st.builds(boundaries, st.just("announced"), regions, st.sampled_from(ERA_NAMES)))
    return a_plan(made, tables=draw(tables()), eras=era)


cuts: Final = st.lists(st.integers(START - 2 * DAY, START + 2 * DAY), max_size=6)
windows: Final = st.integers(MINUTE, 3 * DAY)

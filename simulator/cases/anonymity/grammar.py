"""The sorts of things that stand in a text, as one regular expression with a group for each.

Every pattern is bounded, or begins at a place where nothing like it can have begun before, so
that searching takes time in proportion to a text's length.
"""

from __future__ import annotations

import re
from typing import Final

from simulator.cases.anonymity.moments import MOMENT
from simulator.cases.anonymity.places import REGION

_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903"
    "\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\ufeff"
)
"""Marks on letters, and characters that are not seen: they stay, as part of a word."""

MARKED: Final = re.compile(f"[{_MARKS}]+")
_UUID: Final = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
AWS_SUFFIX: Final = (
    r"amazonaws\.com(?:\.cn)?|awsapps\.com(?:\.cn)?|api\.aws|app\.aws|aws\.amazon\.com|amazon\.com"
    # Where the portal looks after MFA devices (seen).
    r"|prod\.apps-auth\.aws\.a2z\.com"
)
LABEL: Final = r"[A-Za-z0-9_-]{1,63}"
LETTER: Final = r"[^\W_]"
OCTET: Final = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_VERSION: Final = r"[0-9]{1,12}(?:[._][0-9]{1,12}){1,8}"

_BEGIN: Final = r"(?:(?<![0-9A-Za-z])|(?<=%[0-9A-Fa-f]{2}))"
"""Where an id may begin: also behind a separator that is written as %XX."""

_SORTS: Final = (
    r"(?P<jwt>(?<![\w-])eyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]*)",
    (
        rf"(?P<url>{_BEGIN}[A-Za-z][A-Za-z0-9+.-]{{1,11}}://"
        r"(?:[^\s/?\#\"'<>@]{0,256}@)?(?:\[[0-9A-Fa-f:.]{2,45}\]|[^\s/?\#\"'<>:@]{0,255}))"
    ),
    rf"(?P<arn>{_BEGIN}arn:[a-z-]{{3,20}}:[^\s\"'<>,;(){{}}]*)",
    rf"(?P<moment>{_BEGIN}{MOMENT})",
    rf"(?P<uuid>{_BEGIN}(?:[0-9a-f]{{10}}-|[0-9A-Za-z]{{3}})?{_UUID}(?![0-9A-Za-z]))",
    rf"(?P<sid>{_BEGIN}S-1-[0-9]{{1,3}}(?:-[0-9]{{1,10}}){{4,10}}(?![0-9]))",
    (
        rf"(?P<unique>{_BEGIN}"
        r"A(?:BIA|CCA|GPA|IDA|IPA|KIA|NPA|NVA|PKA|ROA|SCA|SIA)[A-Z0-9]{12,60}(?![0-9A-Za-z]))"
    ),
    (
        rf"(?P<prefixed>{_BEGIN}(?<!-)(?:ssoins|[a-z]{{1,4}})-(?=[a-z]*[0-9])[0-9a-z]{{8,40}}"
        r"(?![0-9A-Za-z-]))"
    ),
    rf"(?P<mapped>{_BEGIN}(?<!:)::[fF]{{4}}:(?={OCTET}\.))",
    rf"(?P<four>{_BEGIN}(?<!\.){OCTET}(?:\.{OCTET}){{3}}(?!\.?[0-9A-Za-z]))",
    (
        rf"(?P<six>{_BEGIN}(?<!:)(?=[0-9A-Fa-f]{{0,4}}:[0-9A-Fa-f]{{0,4}}:)"
        r"[0-9A-Fa-f:]{2,39}(?![0-9A-Za-z:]))"
    ),
    rf"(?P<dashed>{_BEGIN}(?<!-)[0-9]{{4}}-[0-9]{{4}}-[0-9]{{4}}(?![0-9A-Za-z-]))",
    r"(?P<account>(?<![0-9])[0-9]{12}(?![0-9]))",
    rf"(?P<aws>(?<![\w.-])(?:{LABEL}\.){{1,8}}(?:{AWS_SUFFIX})(?![\w-]))",
    r"(?P<example>(?<!\w)(?i:example\.(?:com|net|org))(?![\w-]))",
    rf"(?P<mail>@(?:{LABEL}\.){{1,8}}{LABEL})",
    r"(?P<parameter>[?&][A-Za-z][A-Za-z0-9_.-]{0,40}=)",
    r"(?P<action>(?<![\w:])[a-z][a-z0-9-]{1,30}:(?:[A-Z][A-Za-z0-9]{2,60}\*?|\*)(?![\w:]))",
    rf"(?P<region>(?<![\w-]){REGION.pattern}(?![\w-]))",
    r"(?P<separator>(?:%(?:25){0,8}(?:[0-2][0-9A-Fa-f]|3[A-Fa-f]|40|[57][B-Fb-f]|60))+)",
    r"(?P<escaped>(?:[A-Za-z0-9]{0,64}%(?:25){0,8}[0-9A-Fa-f]{2})+[A-Za-z0-9]{0,64})",
    r"(?P<packed>(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9+/_-]{7,}={0,2}(?![A-Za-z0-9+/=_.-]))",
    rf"(?P<version>(?<![\w.]){_VERSION}(?![\w]))",
    rf"(?P<word>{LETTER}(?:{LETTER}|[{_MARKS}])*)",
    r"(?P<symbol>[\u2600-\u27bf\U0001f000-\U0001faff])",
)


def _compiled(*left_out: str) -> re.Pattern[str]:
    groups = tuple(f"(?P<{name}>" for name in left_out)
    return re.compile("|".join(sort for sort in _SORTS if not sort.startswith(groups)))


TOKENS: Final = _compiled()
"""What stands in a text; the group that matched says what sort of thing it is."""

UNESCAPED: Final = _compiled("separator", "escaped")
"""The same in a text without %XX, which is searched in half the time."""

INSIDE: Final = _compiled("packed")
"""The same in a run that was found not to be base 64."""

WORDS: Final = re.compile(rf"{LETTER}(?:{LETTER}|[{_MARKS}])*")
"""Words alone."""

UUID: Final = re.compile(_UUID)
INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
PREFIXED: Final = re.compile(r"(?:ssoins|[a-z]{1,4})-(?=[a-z]*[0-9])[0-9a-z]{8,40}")
ADDRESS: Final = re.compile(rf"{OCTET}(?:\.{OCTET}){{3}}")
AWS_HOST: Final = re.compile(rf"(?P<labels>(?:{LABEL}\.)*)(?P<suffix>{AWS_SUFFIX})")
EXAMPLE_HOST: Final = re.compile(
    rf"(?P<labels>(?:{LABEL}\.)*)(?P<suffix>example\.(?:com|net|org))", re.IGNORECASE
)
"""Names that RFC 2606 keeps for examples."""

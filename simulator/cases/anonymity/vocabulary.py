"""What stays as it is in a customer's records: the words that say nothing of anybody.

Nearly all of it is read off the project's own tables: constants and members of shapes, words
of enumerations, names of kinds, what programs say they are, what calls are refused with. The
few lists here are of what no table has: the English that holds a message together, and words
of host names and ARNs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, get_args

from simulator.directory.editor_agents import Editor, editor_agent
from simulator.directory.user_agents import catalogue, jetbrains_agent, toolkit_agent
from simulator.plan.actions.calling import refused
from simulator.plan.actions.scim import FAILURES
from simulator.primitives.instants import parse_instant
from simulator.records.api.operations import OPERATIONS
from simulator.records.api.structures import LEAVES, members
from simulator.records.codecs import Number, Word
from simulator.records.eras import ERAS
from simulator.records.fields import FIELDS
from simulator.records.kinds import KINDS
from simulator.records.shapes import Array, Const, Object, OneOf, Part, Slot, Text
from simulator.scenario.access import Refusal
from simulator.validation.envelope import DOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from simulator.records.api.structures import Structure
    from simulator.records.shapes import Node

ANY_NAME: Final = "*"
"""Stands in structures for a member of any name."""

# What holds AWS's messages together; names of things in them are members' and kinds' words.
_ENGLISH: Final = """
a about access action actions after again all allow allowed allows already am an and another any
are as assertion associated assume at attached attribute attributes authorized bad based be because
been before between boundary but by called can cannot client code configuration conflict contains
control could credentials current currently customer deleted deleting denied denies deny did
directory disabled does done down duplicate either enabled entities error exceeded exception exist
existing exists expected expired explicit explicitly failed failure filter first for forbidden
format found fri from gmt granted has have he her his how id identifier identity if in incorrect
input instance internal invalid is issue it its key last length less limit longer made malformed
managed management many maximum may member message method might minimum missing mon more must name
named names new no non none not null occurred of old on one only operation operations or other our
out over parameter parameters path pattern perform performing permission permissions permitted
please pm policies policy principal provided provisioned rate reached reason received relationship
request requested requests required resource resources response retry role same sat scope seconds
security server service session set she should signature so specified state status sun supported
target temporarily than that the their them there these they this throttled thu time to token too
try tue type unable unauthorized under unknown unsupported until up use used user users using utc
valid validation value values was we wed were what when where which while who why with within
without you your
"""
_PLACES: Final = """
amazon amazonaws api app assertion assumed auth aws awsapps callback console default directory
es256 federation global host hs256 http https identitycenter idp json localhost login oauth oidc
organization portal provider regions reserved root saml scim service sign signin sso start v1 v2
www
"""
_POLICIES: Final = """
allow deny effect federated not resource sid statement version like equals string bool null arn
numeric date ip condition for any values exists
"""
_SERVICES: Final = """
access-analyzer account acm acm-pca airflow amplify apigateway appconfig application-autoscaling
appmesh apprunner appstream appsync artifact athena auditmanager autoscaling backup batch bedrock
billing budgets ce chatbot cloud9 cloudformation cloudfront cloudhsm cloudsearch cloudshell
cloudtrail cloudwatch codeartifact codebuild codecommit codedeploy codepipeline codestar
cognito-identity cognito-idp comprehend config connect controltower cur databrew datasync dax
detective devicefarm directconnect dlm dms ds dynamodb ebs ec2 ec2messages ecr ecs eks elasticache
elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce es events execute-api
firehose fis fms forecast fsx gamelift glacier glue grafana greengrass guardduty health imagebuilder
inspector inspector2 iot ivs kafka kendra kinesis kinesisanalytics kms lakeformation lambda lex
lightsail logs macie2 mediaconvert memorydb monitoring mq neptune-db network-firewall
oam opensearch outposts personalize pi pipes polly pricing quicksight ram rds rds-data
rds-db redshift redshift-data rekognition resource-groups route53
route53domains route53resolver s3 s3-object-lambda s3-outposts sagemaker savingsplans scheduler
schemas secretsmanager securityhub serverlessrepo servicecatalog servicediscovery servicequotas ses
shield signer sns sqs ssm ssmmessages states storagegateway support swf synthetics
tag textract timestream transcribe transfer translate trustedadvisor verifiedpermissions
vpc-lattice waf waf-regional wafv2 wellarchitected workmail workspaces xray
"""
"""Namespaces of AWS's services that no table of ours has."""

_DATED_POLICIES: Final = frozenset({"2012-10-17", "2008-10-17"})
"""Versions of the policy language, which are no dates of anybody."""

_NO_WORDS: Final = frozenset({"com", "cn"})
"""Words that would leave a host that is somebody's."""

_RESERVED: Final = (
    "AWS",
    "SSO",
    "AWSSSO",
    "AWSReservedSSO",
    "AWSServiceRoleForSSO",
    "AWSServiceRoleForUserSubscriptions",
    "AwsSSOInlinePolicy",
    "DO",
    "NOT",
    "DELETE",
)
"""Words of names that AWS gives in every account alike."""

CAMEL: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WORD: Final = re.compile(r"[A-Za-z]+[0-9]*")
_IDENTIFIER: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_VERSION: Final = re.compile(r"[0-9]+(?:[._][0-9]+)*")
_NAMING: Final = re.compile(r"(?i)(?:^|[a-z_.])name$")
_NO_NAMES: Final = frozenset(
    {"eventName", "attributeName", "regionName", "aWSServiceName", "serviceName", "eventsource"}
)
_OTHERS_NAMING: Final = frozenset(
    {
        "attributeValue",
        "formatted",
        "key",
        "nickName",
        "principalId",
        "sourceIdentity",
        "subject",
        "tagKeys",
        "userId",
        "value",
    }
)
"""Members that tell whose or what something is, though their names do not end with `name`."""


_MESSAGES: Final = frozenset({"description", "errorMessage", "failureReason", "message"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What stays."""

    members: frozenset[str]
    """Names of members that shapes and tables know."""

    free: frozenset[str]
    """Members in which any name may stand."""

    numbers: frozenset[str]
    """Members that are numbers by their table."""

    constants: Mapping[str, frozenset[str]]
    """Member to the texts that it can have by shape or enumeration."""

    all_constants: frozenset[str]
    """All of these texts."""

    words: frozenset[str]
    """Words of messages, hosts, ARNs and the like, in lower case."""

    programs: frozenset[str]
    """Words of user agents, in lower case, and versions that no release changes."""

    of_agents: frozenset[str]
    """Both of these together: what stays in a user agent."""

    services: frozenset[str]
    """Namespaces of AWS's services, as ARNs and actions have them."""

    english: frozenset[str]
    """Those of them that hold a message together, whoever is called so."""

    reserved: frozenset[str]
    """Words of names that AWS gives in every account alike, in their case."""


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a name, `ListUsers` or `AWS_ACCOUNT`, in lower case."""
    for found in CAMEL.finditer(text):
        yield found.group().lower()


def is_naming(member: str) -> bool:
    """Return whether a member's text names somebody or something."""
    if member in _NO_NAMES:
        return False
    return member in _OTHERS_NAMING or _NAMING.search(member) is not None


def is_message(path: tuple[str | int, ...]) -> bool:
    """Return whether text at a path is written for people."""
    return bool(path) and path[-1] in _MESSAGES


def is_identifier(name: str) -> bool:
    """Return whether a member's name looks like one that a program gave."""
    return _IDENTIFIER.fullmatch(name) is not None


@dataclass(slots=True)
class _Reading:
    """What was read off so far."""

    members: set[str]
    free: set[str]
    numbers: set[str]
    constants: dict[str, set[str]]
    texts: set[str]

    def constant(self, member: str, *texts: str) -> None:
        self.constants.setdefault(member, set()).update(texts)

    def shape(self, node: Node, parts: Mapping[str, Node], member: str) -> None:
        """Read a shape of which the shared parts are not put in."""
        match node:
            case Part(name):
                self.shape(parts[name], parts, member)
            case Object(inside):
                self.members.update(one.name for one in inside)
                for one in inside:
                    self.shape(one.node, parts, one.name)
            case Array(items):
                for item in items:
                    self.shape(item, parts, member)
            case OneOf(cases):
                for _, inner in cases:
                    self.shape(inner, parts, member)
            case _:
                self._leaf(node, member)

    def _leaf(self, node: Node, member: str) -> None:
        match node:
            case Const(str() as value):
                self.constant(member, value)
            case Text(pieces):
                self.texts.update(piece for piece in pieces if isinstance(piece, str))
            case Slot(field):
                codec = FIELDS[field].codec
                if isinstance(codec, Word):
                    self.constant(member, *codec.words)
                if isinstance(codec, Number):
                    self.numbers.add(member)
            case _:
                pass

    def structure(self, structure: Structure | None, member: str) -> None:
        """Read a call's structure."""
        if isinstance(structure, dict):
            for name, inner, _ in members(structure):
                if name == ANY_NAME:
                    self.free.add(member)
                else:
                    self.members.add(name)
                self.structure(inner, member if name == ANY_NAME else name)
        elif isinstance(structure, list):
            self.structure(structure[0], member)
        elif structure == "number":
            self.numbers.add(member)
        elif structure is not None and structure not in LEAVES:
            self.constant(member, *structure.split("|"))


def _read() -> _Reading:
    reading = _Reading(set(DOCUMENTED), {"tags"}, set(), {}, set())
    for era in ERAS:
        for node in {id(node): node for node in era.shapes.values()}.values():
            reading.shape(node, era.parts, "")
    for operation in OPERATIONS.values():
        reading.structure(operation.request, "requestParameters")
        reading.structure(operation.response, "responseElements")
    for kind in KINDS:
        reading.constant("eventName", kind.event_name)
        reading.constant("eventSource", kind.event_source)
        reading.constant("eventType", kind.event_type)
    for refusal in get_args(Refusal):
        told = refused(refusal, name="", caller="", does="", account="")
        if told is not None:
            reading.constant("errorCode", told[0])
            reading.texts.add(told[1])
    for code, message in FAILURES.values():
        reading.constant("errorCode", code)
        reading.texts.add(message)
    return reading


_BETWEEN: Final = tuple(
    map(parse_instant, ("2019-06-01", "2021-06-01", "2023-06-01", "2025-06-01"))
)
"""Days of which programs are asked for: what is the same on all of them stays."""
_NO_CLIENT: Final = "00000000-0000-4000-8000-000000000000"


def _agents(at: int) -> Iterator[str]:
    for agent in catalogue(at):
        yield agent.text
    for editor in get_args(Editor):
        yield editor_agent(editor, at, "")
    yield toolkit_agent(0, at, "").text
    yield jetbrains_agent(0, at, "").text


def _programs() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of all programs, and the versions that are there on every day."""
    words: set[str] = set()
    versions: set[str] | None = None
    for at in _BETWEEN:
        texts = [text.replace(_NO_CLIENT, "") for text in _agents(at)]
        words.update(word.lower() for text in texts for word in _WORD.findall(text))
        shown = {version for text in texts for version in _VERSION.findall(text)}
        versions = shown if versions is None else versions & shown
    return frozenset(words), frozenset(versions or ())


def _lower_words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in _WORD.findall(text):
            yield word.lower()
            yield from split_words(word)


@cache
def vocabulary() -> Vocabulary:
    """Return what stays, read once."""
    reading = _read()
    constants = {name: frozenset(texts) for name, texts in reading.constants.items() if name}
    everything = frozenset(text for texts in reading.constants.values() for text in texts if text)
    calls = [kind.event_name for kind in KINDS]
    own = {kind.event_source.partition(".")[0] for kind in KINDS}
    words = {
        *_lower_words((*_RESERVED, *reading.members, *everything, *reading.texts, *calls, *own)),
        *_ENGLISH.split(),
        *_PLACES.split(),
        *_POLICIES.split(),
    } - _NO_WORDS
    programs, versions = _programs()
    return Vocabulary(
        frozenset(reading.members),
        frozenset(reading.free),
        frozenset(reading.numbers),
        constants,
        everything | _DATED_POLICIES,
        frozenset(words),
        programs | versions,
        frozenset(words) | programs | versions,
        frozenset((*_SERVICES.split(), *own)),
        frozenset(_ENGLISH.split()),
        frozenset(_RESERVED),
    )

"""What calls of AWS's services have in common: clients, and what is said of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from simulator.errors import MissingExtraError, OutputError
from simulator.sinks.refusals import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSING: Final = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "KMS.ThrottlingException",
        "KMSThrottling",
        "KMSThrottlingException",
        "KmsThrottled",
        "RequestThrottled",
        "ServiceUnavailable",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes of errors that pass. SQS, SNS and Kinesis each have a name of their own for a key that is
asked for too often."""
_NOT_THERE: Final = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError"})
_NOT_ACCEPTED: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
LASTING: Final = _NOT_THERE | _DENIED | _NOT_ACCEPTED
"""Codes of errors that no message will get by."""

_CREDENTIALS: Final = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"


def client_of(
    service: str,
    region: str | None,
    endpoint: str | None,
    *,
    feature: str,
    name: str,
) -> Any:  # noqa: ANN401  # boto3 makes its clients' classes as it runs
    """Return boto3's client of a service; nothing is asked of it yet.

    boto3 finds credentials where the AWS CLI does, profiles included.

    Args:
        service: Such as `sqs`.
        region: Where it is; absent for what the settings say.
        endpoint: Its address; absent for AWS's own.
        feature: What needs the extra, for a message.
        name: What an error's message begins with.

    Raises:
        OutputError: There is no such profile, or the settings cannot be read.
        MissingExtraError: boto3 is not installed.
    """
    try:
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra, without types
        from botocore import config, exceptions  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError(feature, "aws") from None
    try:
        # A session of its own: the one that all share remembers what it found before.
        return boto3.Session().client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            # Trying again is ours: some messages of a batch may have arrived.
            config=config.Config(
                connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}
            ),
        )
    except (exceptions.BotoCoreError, ValueError) as error:
        message = f"{name}: {unasked(error)}"
        raise OutputError(message) from None


def quoted(said: Mapping[str, Any]) -> str:
    """Return a refusal in the service's own words."""
    return plain(": ".join(said[name] for name in ("Code", "Message") if said.get(name)))


def advice(said: Mapping[str, Any], needs: str) -> str:
    """Return what a refusal means and what to do about it.

    Args:
        said: `Code` and `Message`.
        needs: The permissions that the call takes.
    """
    code = said.get("Code", "")
    if code in _NOT_THERE:
        return f"it is not there: create it first ({code})"
    if code in _DENIED:
        return f"access is denied: the credentials need {needs} ({code})"
    if code in _NOT_ACCEPTED:
        return f"the credentials are not accepted: {_CREDENTIALS} ({code})"
    return quoted(said)


def unreached(error: Exception) -> str:
    """Return what is told of a service that does not answer."""
    if "Timeout" in type(error).__name__:
        return "no answer in time"
    return "the connection failed: is the service running, and is the endpoint right?"


def unasked(error: Exception) -> str:
    """Return what is told of a call that boto3 does not even make."""
    if "Credentials" in type(error).__name__:
        return f"no credentials were found: {_CREDENTIALS}"
    return plain(f"{error}")

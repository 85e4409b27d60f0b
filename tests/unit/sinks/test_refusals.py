"""What a service said, and what a user is told of it."""

from __future__ import annotations

import pytest

from simulator.sinks.refusals import plain, refusal_of
from simulator.sinks.stores import Place

S3 = Place("s3", "trail", "")
AZURE = Place("az", "trail", "")
GOOGLE = Place("gs", "trail", "")


@pytest.mark.parametrize(
    ("said", "place", "expected"),
    [
        (
            "Generic GCS error: Error performing token request: x - HTTP error: error",
            GOOGLE,
            (
                "no credentials were found: set GOOGLE_APPLICATION_CREDENTIALS to a key file, or "
                "run gcloud auth application-default login"
            ),
        ),
        (
            "Generic MicrosoftAzure error: Account must be specified\n\nDebug source:\nGeneric {}",
            AZURE,
            (
                "no credentials were found: set AZURE_STORAGE_ACCOUNT_NAME and "
                "AZURE_STORAGE_ACCOUNT_KEY"
            ),
        ),
        (
            "Generic MicrosoftAzure error: Invalid Access Key: Invalid symbol 33, offset 9.",
            AZURE,
            (
                "the credentials are not accepted: set AZURE_STORAGE_ACCOUNT_NAME and "
                "AZURE_STORAGE_ACCOUNT_KEY"
            ),
        ),
        (
            (
                "Error performing PUT https://a/b in 1ms - HTTP error: error sending request"
                '\n\nDebug source: "dns error"'
            ),
            S3,
            "S3 is not found: is the endpoint right, and is there a network?",
        ),
        (
            "Error performing PUT https://a/b in 1ms - HTTP error: error sending request",
            S3,
            "HTTP error: error sending request",
        ),
        (
            (
                "x - Server returned non-2xx status code: 403 Forbidden: "
                '{"error": {"message": "no storage.objects.create"}}'
            ),
            GOOGLE,
            (
                "access is denied: the credentials need Storage Object User "
                "(no storage.objects.create)"
            ),
        ),
    ],
    ids=["no token", "no account", "no key", "no host", "anything else", "in JSON"],
)
def test_what_is_said_becomes_what_to_do(said, place, expected):
    """In the words of the provider's own tools."""
    assert refusal_of(said, place, None) == expected


def test_no_address_is_repeated():
    """A shared access signature is part of one, and a password may be."""
    said = (
        "Generic MicrosoftAzure error: Error performing PUT "
        "https://trail.blob.core.windows.net/c/k?sv=2024&sig=SECRET in 3ms - Server returned "
        "non-2xx status code: 400 Bad Request: <Error><Code>Odd</Code><Message>The value of "
        "https://x/?sig=SECRET\n\x1b[31mis odd</Message></Error>"
    )

    told = refusal_of(said, AZURE, "https://user:SECRET@storage.example/")

    assert "SECRET" in said
    assert told == (
        "https://storage.example answers 400 Bad Request (Odd: The value of … [31mis odd)"
    )


def test_a_long_message_is_cut():
    """A service may send a page."""
    assert plain("x" * 300) == "x" * 200 + "…"

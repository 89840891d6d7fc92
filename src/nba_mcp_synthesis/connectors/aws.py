"""Clients of AWS: credentials by the default chain (IRSA in the cluster), endpoints by AWS_ENDPOINT_URL*."""

import logging
import os
from typing import Any

from nba_mcp_synthesis.connectors.faults import Fault, fault_of
from nba_mcp_synthesis.connectors.outcome import Reason
from nba_mcp_synthesis.extras import extra

CONNECT_SECONDS, READ_SECONDS = 2.0, 3.0
_PATIENT_SECONDS, _PATIENT_ATTEMPTS = 20.0, 4

# Errors before any answer, by the name of their class: the library is not imported to look at them.
_CLASSES: dict[str, tuple[Reason, str]] = {
    "NoCredentialsError": ("login", "no AWS credentials were found by the default chain"),
    "PartialCredentialsError": ("login", "the AWS credentials are incomplete"),
    "CredentialRetrievalError": ("login", "the AWS credentials could not be fetched"),
    "TokenRetrievalError": ("login", "the AWS credentials could not be fetched"),
    "ProfileNotFound": ("login", "AWS_PROFILE names no profile"),
    "NoRegionError": ("name", "no AWS region is set (AWS_REGION)"),
    "ConnectTimeoutError": ("timeout", "it did not answer in time"),
    "ReadTimeoutError": ("timeout", "it did not answer in time"),
    "SSLError": ("tls", "TLS failed: the certificate is not trusted, or it speaks no TLS"),
}
# Codes in an answer. Some services give the bare HTTP status.
_CODES: dict[Reason, frozenset[str]] = {
    "permission": frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}),
    "login": frozenset(
        {
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidIdentityToken",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
            "401",
        }
    ),
    "throttled": frozenset(
        {
            "RequestLimitExceeded",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "429",
        }
    ),
    "not found": frozenset({"EntityNotFoundException", "NoSuchBucket", "ResourceNotFoundException", "404"}),
}
_WORDS: dict[Reason, str] = {
    "permission": "the identity may not do that",
    "login": "the AWS credentials were refused",
    "throttled": "too many requests; it asks to slow down",
    "not found": "it is not there",
}


def aws_client(service: str) -> Any:
    """A client whose calls end soon: two attempts, short time-outs."""
    return _client(service, CONNECT_SECONDS, READ_SECONDS, attempts=2)


def patient_client(service: str) -> Any:
    """A client for data: it waits longer, and tries throttled and failed calls again with growing pauses."""
    return _client(service, CONNECT_SECONDS, _PATIENT_SECONDS, attempts=_PATIENT_ATTEMPTS)


def _client(service: str, connect: float, read: float, attempts: int) -> Any:
    with extra("aws"):
        import boto3
        from botocore.config import Config

    # At DEBUG it logs whole answers, those with secrets included, also in a script that logs everything.
    logging.getLogger("botocore").setLevel(max(logging.INFO, logging.getLogger("botocore").level))
    limits = Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    # A session of its own: boto3's default one is not made for several threads.
    return boto3.session.Session().client(service, config=limits)


def frozen_credentials() -> tuple[str, str, str, str | None]:
    """(region, key, secret, session token) of the default chain, for libraries that do not know that chain.

    Raises what the chain raises; LookupError where it finds nothing.
    """
    with extra("aws"):
        import boto3

    session = boto3.session.Session()
    found = session.get_credentials()
    if found is None:
        raise LookupError("no credentials")
    frozen = found.get_frozen_credentials()
    return session.region_name or "us-east-1", frozen.access_key, frozen.secret_key, frozen.token


def endpoint_of(service: str) -> str | None:
    """The endpoint that the environment names for a service, None for AWS's own."""
    return os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")


def explain_aws(error: BaseException, what: str) -> Fault:
    """What an error of an AWS call means."""
    name = type(error).__name__
    if name in _CLASSES:
        reason, words = _CLASSES[name]
        return Fault(reason, f"{what}: {words}.")
    answer = getattr(error, "response", None)
    if not isinstance(answer, dict):
        return fault_of(error, what)
    code = str(answer.get("Error", {}).get("Code", ""))
    for known, codes in _CODES.items():
        if code in codes:
            return Fault(known, f"{what}: {_WORDS[known]} ({code}).")
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status >= 500:
        return Fault("network", f"{what}: the service is failing (HTTP {status}).")
    return Fault("unknown", f"{what}: the call was refused (HTTP {status}).")

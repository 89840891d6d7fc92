"""Tokens of an issuer: real keys over a real HTTP server, and every way in which a token can be wrong."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from nba_mcp_synthesis.errors import NotAuthenticated, Unavailable
from nba_mcp_synthesis.facts import Caller
from nba_mcp_synthesis.server.access import jwks, tokens
from nba_mcp_synthesis.server.access.jwks import KeySet
from nba_mcp_synthesis.server.access.tokens import Tokens
from servers.issuer import AUDIENCE, Issuer, Signer

HERE = "10.0.0.1"


def judge(issuer: Issuer, *audiences: str, url: str | None = None) -> Tokens:
    """What the server has over this issuer."""
    return Tokens(issuer.url, audiences or (AUDIENCE,), KeySet(issuer.url, url))


def caller(found: Tokens, token: str) -> Caller:
    """Who sends a token."""
    return asyncio.run(found.caller(token, HERE))


async def reason(found: Tokens, token: str) -> str:
    """Why a token is refused."""
    with pytest.raises(NotAuthenticated) as refused:
        await found.caller(token, HERE)
    assert not token or token[-20:] not in str(refused.value)
    return refused.value.reason


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_token_names_its_caller_and_his_scopes(issuer: Issuer, algorithm: str) -> None:
    """Scopes that are not ours are left out; keys are found as the issuer's metadata say."""
    issuer.signers = [Signer("one", algorithm)]
    token = issuer.token(scope="openid nba:read nba:ask")
    assert caller(judge(issuer), token) == Caller("ana", "token", frozenset({"nba:read", "nba:ask"}))
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": None, "scp": ["nba:read"]}, {"nba:read"}),
        ({"scope": None, "scp": "nba:sql nba:read"}, {"nba:read", "nba:sql"}),
        ({"scope": ["nba:ask", 5, None]}, {"nba:ask"}),
        ({"scope": None}, set()),
        ({"scope": {"nba:admin": 1}}, set()),
        ({"aud": ["https://elsewhere.example", AUDIENCE]}, {"nba:read"}),
    ],
)
def test_forms_of_claims_that_issuers_differ_in(issuer: Issuer, claims: Any, scopes: set[str]) -> None:
    """Both names of scopes as text or list, several audiences."""
    assert caller(judge(issuer, url=issuer.jwks_url), issuer.token(**claims)).scopes == scopes


def _now(seconds: int) -> int:
    return int(time.time()) + seconds


def test_clocks_may_differ_by_seconds(issuer: Issuer) -> None:
    """A token that has just ended, and one that begins in a moment."""
    found = judge(issuer, url=issuer.jwks_url)
    assert caller(found, issuer.token(exp=_now(-1))).name == "ana"
    assert caller(found, issuer.token(iat=_now(20), nbf=_now(20))).name == "ana"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"exp": _now(-3_600)}, "expired"),
        ({"nbf": _now(3_600)}, "not_yet_valid"),
        ({"iat": _now(3_600)}, "not_yet_valid"),
        ({"aud": "https://elsewhere.example"}, "wrong_audience"),
        ({"aud": AUDIENCE + "/more"}, "wrong_audience"),
        ({"iss": "https://evil.example"}, "wrong_issuer"),
        *[({name: None}, "missing_claim") for name in ("exp", "iat", "sub")],
        ({"aud": None}, "missing_claim"),
        ({"iss": None}, "missing_claim"),
        ({"sub": ""}, "malformed"),
        ({"sub": "x" * 256}, "malformed"),
        ({"sub": "ana\nbob"}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"exp": "soon"}, "malformed"),
        ({"exp": 1e400}, "malformed"),
    ],
)
def test_what_a_token_says_has_to_hold(issuer: Issuer, claims: Any, why: str) -> None:
    """For whom, from whom, from when and until when."""
    found = judge(issuer, url=issuer.jwks_url)
    assert asyncio.run(reason(found, issuer.token(**claims))) == why


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unsigned(issuer: Issuer) -> str:
    return f"{_part({'alg': 'none', 'kid': 'one'})}.{_part(issuer.claims())}."


def _hmac_by_public_key(issuer: Issuer) -> str:
    """The old confusion: what everybody knows, taken for a secret."""
    pem = issuer.signers[0].private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing = f"{_part({'alg': 'HS256', 'kid': 'one', 'typ': 'JWT'})}.{_part(issuer.claims())}"
    signature = hmac.digest(pem, signing.encode(), "sha256")
    return f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def _changed(issuer: Issuer) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{_part(issuer.claims(scope='nba:admin'))}.{signature}"


def _by_a_stranger(issuer: Issuer) -> str:
    return issuer.token(Signer("one"))


def _for_a_key_of_another_kind(issuer: Issuer) -> str:
    return issuer.token(Signer("one", "ES256"))


def _with_its_own_key(issuer: Issuer) -> str:
    stranger = Signer("mine")
    return issuer.token(stranger, {"jwk": stranger.jwk(), "jku": issuer.jwks_url})


def _critical(issuer: Issuer) -> str:
    return issuer.token(None, {"crit": ["exp2"], "exp2": 1})


def _of_another_type(issuer: Issuer) -> str:
    return issuer.token(None, {"typ": "logout+jwt"})


def _deep(issuer: Issuer) -> str:
    return f"{_part({'alg': 'RS256', 'kid': 'one'})}.{base64.urlsafe_b64encode(b'[' * 4_000).decode()}.xx"


def _deep_head(issuer: Issuer) -> str:
    return f"{base64.urlsafe_b64encode(b'[' * 4_000).decode()}.e30.xx"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_unsigned, "wrong_algorithm"),
        (_hmac_by_public_key, "wrong_algorithm"),
        (_changed, "wrong_signature"),
        (_by_a_stranger, "wrong_signature"),
        (_for_a_key_of_another_kind, "wrong_algorithm"),
        (_with_its_own_key, "unknown_signing_key"),
        (_critical, "malformed"),
        (_of_another_type, "malformed"),
        (_deep, "malformed"),
        (_deep_head, "malformed"),
        (lambda _: "a.b.c", "malformed"),
        (lambda _: "nba_0123456789_" + "x" * 43, "malformed"),
        (lambda _: "", "malformed"),
        (lambda _: "é.é.é", "malformed"),
    ],
)
def test_only_the_issuers_own_signature_counts(
    issuer: Issuer, make: Callable[[Issuer], str], why: str
) -> None:
    """Whatever the head of a token proposes."""
    assert asyncio.run(reason(judge(issuer, url=issuer.jwks_url), make(issuer))) == why


def test_secrets_and_weak_keys_in_the_key_set_are_not_used(issuer: Issuer) -> None:
    """A symmetric key there would let everybody sign; a short one, many."""
    secret = base64.urlsafe_b64encode(b"x" * 32).decode()
    weak = Signer("weak", private=rsa.generate_private_key(65_537, 1_024))  # noqa: S505
    oct_key = {"kty": "oct", "k": secret, "kid": "oct", "alg": "HS256"}
    issuer.documents["/keys"] = {"keys": [oct_key, weak.jwk(), "x", None]}
    found = judge(issuer, url=issuer.jwks_url)
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = issuer.token(weak)
    assert asyncio.run(reason(found, token)) == "malformed"
    signed = jwt.encode(issuer.claims(), b"x" * 32, "HS256", {"kid": "oct"})
    assert asyncio.run(reason(found, signed)) == "wrong_algorithm"


def test_a_new_key_is_found_when_a_token_names_it(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one reading, and not one for each token with an unknown key."""
    monkeypatch.setattr(jwks, "AGAIN_SECONDS", 0.3)

    async def work() -> None:
        found = judge(issuer, url=issuer.jwks_url)
        assert (await found.caller(issuer.token(), HERE)).name == "ana"
        issuer.signers.append(Signer("two"))
        strangers = [issuer.token(Signer(f"x{n}", private=issuer.signers[0].private)) for n in range(20)]
        assert {await reason(found, token) for token in strangers} == {"unknown_signing_key"}
        assert len(issuer.asked) <= 2
        await asyncio.sleep(0.3)
        assert (await found.caller(issuer.token(issuer.signers[1], sub="bob"), HERE)).name == "bob"

    asyncio.run(work())


def test_a_key_that_the_issuer_withdraws_opens_nothing_more(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the keys are read again, and verified tokens are looked at again."""
    monkeypatch.setattr(jwks, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(jwks, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(tokens, "REMEMBERED_SECONDS", 0.0)

    async def work() -> None:
        found, old = judge(issuer, url=issuer.jwks_url), issuer.token()
        assert await found.caller(old, HERE)
        issuer.signers = [Signer("two")]
        await found.caller(old, HERE)
        for _ in range(100):
            await asyncio.sleep(0.05)
            if len(issuer.asked) > 1:
                break
        await asyncio.sleep(0.2)
        assert await reason(found, old) == "unknown_signing_key"

    asyncio.run(work())


def test_while_the_issuer_is_away_known_keys_go_on(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens with others, and all after a fresh start, get an answer that says so."""
    monkeypatch.setattr(jwks, "AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(jwks, "FRESH_SECONDS", 0.0)

    async def work() -> None:
        found = judge(issuer, url=issuer.jwks_url)
        await found.caller(issuer.token(), HERE)
        issuer.away = True
        assert (await found.caller(issuer.token(sub="bob"), HERE)).name == "bob"
        for other in (found, judge(issuer), judge(issuer, url=issuer.jwks_url)):
            with pytest.raises(Unavailable):
                await other.caller(issuer.token(Signer("two", private=issuer.signers[0].private)), HERE)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/keys", b"no JSON"),
        ("/keys", []),
        ("/keys", {"keys": []}),
        ("/keys", {"keys": "x"}),
        ("/keys", b" " * 300_000),
        ("/.well-known/openid-configuration", {"issuer": "https://evil.example", "jwks_uri": "x"}),
        ("/.well-known/openid-configuration", {}),
    ],
)
def test_an_issuer_whose_documents_are_of_no_use_is_away(issuer: Issuer, path: str, document: Any) -> None:
    """503, and the log says why."""
    issuer.documents[path] = document
    with pytest.raises(Unavailable):
        caller(judge(issuer), issuer.token())


@pytest.mark.parametrize("place", ["http://elsewhere.example/keys", "file:///etc/passwd", 5])
def test_keys_are_read_over_https_or_from_this_machine(issuer: Issuer, place: Any) -> None:
    """Wherever the metadata point."""
    issuer.documents["/.well-known/openid-configuration"] = {"issuer": issuer.url, "jwks_uri": place}
    with pytest.raises(Unavailable):
        caller(judge(issuer), issuer.token())


def test_a_verified_token_is_not_verified_again_but_ends_in_time(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end holds although it is remembered."""
    decoded: list[int] = []
    real = jwt.decode

    def counting(*arguments: Any, **options: Any) -> Any:
        decoded.append(1)
        return real(*arguments, **options)

    monkeypatch.setattr(jwt, "decode", counting)

    async def work() -> None:
        found, token = judge(issuer, url=issuer.jwks_url), issuer.token(exp=_now(60))
        for _ in range(5):
            await found.caller(token, HERE)
        assert len(decoded) == 1
        later = "nba_mcp_synthesis.server.access.tokens.time"
        monkeypatch.setattr(later, lambda: time.time() + 61)
        await found.caller(token, HERE)  # looked at again; the leeway is for clocks that differ
        assert len(decoded) == 2

    asyncio.run(work())

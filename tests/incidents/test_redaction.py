"""Texts without secrets, and with everything else."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.operations.incidents.redaction import Redactor

WORD = "Kanarienvogel/42+x y"
HELD = {
    "RDS_PASSWORD": WORD,
    "REDIS_URL": "redis://:Zeisig-Zeisig@cache.internal:6379/0",
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/Stieglitz99",
    "RDS_PORT": "5432",
    "RDS_HOST": "db.internal",
}
REDACT = Redactor(HELD)


@pytest.mark.parametrize(
    "form",
    [
        WORD,
        WORD.upper(),
        quote(WORD),
        quote(WORD, safe=""),
        json.dumps(WORD),
        base64.b64encode(WORD.encode()).decode(),
        f"postgresql://nba:{WORD}@db/x",
        "redis says AUTH Zeisig-Zeisig",
        "POST /services/T0/B0/Stieglitz99",
    ],
)
def test_a_held_value_is_taken_out_in_every_form(form: str) -> None:
    """As it is, quoted for an address or JSON, in Base64, and as a part of an address."""
    told = REDACT(f"before {form} after")
    assert told.startswith("before ")
    assert told.endswith(" after")
    for value in ("kanarienvogel", "Zeisig", "Stieglitz", base64.b64encode(WORD.encode()).decode()[:12]):
        assert value.lower() not in told.lower()


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://app:Drossel1@db.example.com/nba",
        "password=Drossel1 host=db",
        'PGPASSWORD: "Drossel1"',
        '{"api_key": "Drossel1", "n": 3}',
        '{\\"token\\": \\"Drossel1\\"}',
        "Authorization: Bearer Drossel1Drossel1",
        "authorization: Basic RHJvc3NlbDEDrossel1==",
        "x-api-key: Drossel1",
        "Cookie: session=Drossel1; other=Drossel1",
        "      RDS_PASSWORD:  Drossel1",
        "https://hooks.slack.com/services/T1/B1/Drossel1",
        "AKIADROSSEL1DROSSEL1",
        "sk-ant-api03-Drossel1Drossel1",
        "xoxb-1234-Drossel1Drossel1",
        "nba_0123456789_" + "Drossel1" * 5,
        "eyJhbGciOiJIUzI1NiJ9.eyJEcm9zc2VsIjoxfQ.Drossel1",
        "-----BEGIN RSA PRIVATE KEY-----\nDrossel1\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nDrossel1 and cut off",
        "AGE-SECRET-KEY-1DROSSEL1DROSSEL1",
        "SECRET_KEY=Drossel1",
        "AWS_SECRET_KEY: Drossel1",
        "MINIO_SECRET_KEY=Drossel1",
        "secretKey: Drossel1",
        "secret=Drossel1",
        "SECRET_STORE_PASSWORD=Drossel1",
        "API_TOKENS=Drossel1",
        "DB_PASSWORD=<Drossel1",
        "DB_PASSWORD=[Drossel1",
        "DB_PASSWORD={Drossel1}",
        'password="correct horse Drossel1"',
        r'password="a\"Drossel1"',
        "PASSWORD='it''s Drossel1'",
        r'{"message": "{\"password\": \"correct horse Drossel1\", \"n\": 3}"}',
        r'{"message": "{\"password\": \"a\\\"Drossel1\"}"}',
        "PASSWORD=abc,Drossel1",
        'PASSWORD=a"Drossel1',
        "password == Drossel1",
        "{password: Drossel1}",
        "secret: {password: Drossel1}",
        "secret:\n  password: Drossel1",
        "password:\n  Drossel1",
        "passwords:\n  - Drossel1",
        'passwords: ["a", "Drossel1"]',
        'password="Drossel1 and cut off',
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str) -> None:
    """Although nobody here holds it."""
    found = Redactor({})
    assert "drossel" not in found(text).lower(), found(text)
    assert found.count > 0


@pytest.mark.parametrize(
    "text",
    [
        "pod/nba-mcp-synthesis-7d9f   1/1   Running   0   5432/TCP",
        "  RDS_PASSWORD:  <set to the key 'RDS_PASSWORD' in secret 'nba-mcp'>  Optional: false",
        "    SecretName:  nba-mcp-synthesis-secrets",
        '{"event": "model", "tokens": 1234, "input_tokens": 99, "voice": "analyst"}',
        "nba_mcp_secret_valid 1.0",
        '{"secret": "RDS_PASSWORD", "kind": "old"}',
        "https://nba-mcp-synthesis.example.com/health?x=1",
        "Error: back-off 5m0s restarting failed container",
        "  - secretKey: RDS_PASSWORD\n    remoteRef:\n      key: nba-mcp-synthesis/RDS_PASSWORD",
        "    secretKeyRef:\n      key: RDS_PASSWORD\n      name: nba-mcp-synthesis-secrets",
        "  volumes:\n  - secret:\n      secretName: nba-mcp-synthesis-secrets",
        "  secretStoreRef:\n    name: nba-mcp-synthesis-store",
        "Image pull secrets:  <none>",
        "imagePullSecrets:\n  - name: registry",
        '{"max_tokens":4096,"event":"model"}',
        '{"password": null, "token": "", "event": "login"}',
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """People look for a cause in it."""
    assert REDACT(text) == text


def test_what_stands_beside_a_secret_stays() -> None:
    """The rest of a line of JSON, and what follows a quoted value."""
    told = Redactor({})('{"message":"password=a,b","level":"error","secret_key":5,"event":"boom"}')
    assert told == '{"message":"password=[redacted]","level":"error","secret_key":[redacted],"event":"boom"}'
    assert Redactor({})("password='a b' host=db") == "password='[redacted]' host=db"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_around_it_keeps_a_value(before: str, after: str) -> None:
    """Whatever it stands in; and twice is as once."""
    told = REDACT(f"{before}{WORD}{after}")
    assert WORD not in told
    assert REDACT(told) == told


def test_it_does_not_show_what_it_knows() -> None:
    """In a traceback, for one."""
    assert repr(REDACT) == "Redactor(4 secrets)"

"""Formats: what is wrong with a value is told without it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nba_mcp_synthesis.secrets.formats import KINDS, Format
from nba_mcp_synthesis.secrets.manifest import default_manifest

MISFITS = [
    ("RDS_HOST", "https://db.example.net"),
    ("RDS_HOST", "db.example.net:5432"),
    ("RDS_HOST", "nba-simulator.c1abcdefghij.us-east-1.rds.amazonaws.com:5432"),
    ("RDS_HOST", "x." * 100 + "rds.amazonaws.com:5432"),
    ("RDS_HOST", "two..dots"),
    ("RDS_HOST", "a" * 64),
    ("RDS_PORT", "70000"),
    ("RDS_PORT", "54 32"),
    ("RDS_USERNAME", "a b"),
    ("RDS_PASSWORD", "short"),
    ("RDS_PASSWORD", "a password that ends in a blank "),
    ("RDS_PASSWORD", "two\nlines of a password"),
    ("RDS_PASSWORD", "changeme"),
    ("RDS_PASSWORD", "<password>"),
    ("REDIS_URL", "http://127.0.0.1:6379"),
    ("REDIS_URL", "redis://"),
    ("REDIS_URL", "redis://host:port"),
    ("REDIS_URL", "redis://:with-a-hyphen@nba-mcp-redis:6379/0"),
    ("REDIS_URL", "redis://user:letters@nba-mcp-redis:6379/0"),
    ("REDIS_URL", "redis://nba-mcp-redis:6379/0"),
    ("ANTHROPIC_API_KEY", "sk-other-aaaaaaaaaaaaaaaaaaaaaaaaa"),
    ("SLACK_WEBHOOK_URL", "http://hooks.slack.com/services/T/B/x"),
    ("PAGERDUTY_ROUTING_KEY", "0123456789abcdef"),
    ("SIGNING_KEY", "a" * 40),
]


@pytest.mark.parametrize(("name", "value"), MISFITS)
def test_a_value_that_does_not_fit_is_told_without_being_quoted(name: str, value: str) -> None:
    """The words of the fault have nothing of the value."""
    fault = default_manifest().specs[name].format.fault(value)
    assert fault
    assert value not in fault


@pytest.mark.parametrize(
    "value", ["db", "nba-db.c1a.us-east-1.rds.amazonaws.com", "db.", "a_b", "127.0.0.1", "::1", "a" * 63]
)
def test_hosts_and_addresses_fit(value: str) -> None:
    """Names of one label and of many, with or without the dot of the root."""
    assert Format("host").fault(value) is None


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", sorted(default_manifest().specs))
def test_a_long_value_is_judged_at_once(name: str) -> None:
    """As many bytes as AWS keeps: one that somebody got wrong must not hold up every server that reads it."""
    form = default_manifest().specs[name].format
    for part in ("a", "a.", "a-", "1:", "x", "<", "your ", "redis://", "sk-"):
        form.fault(part * (65_536 // len(part)) + "\N{BULLET}")


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1))
def test_no_value_breaks_a_check(kind: str, value: str) -> None:
    """Any text is judged in words that do not hold it, or found right."""
    fault = Format(kind, pattern="a+", looks_like="letters", schemes=("https",)).fault(value)
    assert fault is None or len(value) < 4 or value not in fault


def test_the_password_of_a_redis_elsewhere_may_have_any_signs() -> None:
    """Only the one in the cluster gets it out of the URL by a pattern."""
    form = default_manifest().specs["REDIS_URL"].format
    for url in ("rediss://user:a-b_c@cache.example.net:6379/0", "redis://:Letters0@nba-mcp-redis:6379/0"):
        assert form.fault(url) is None


def test_a_webhook_on_this_machine_may_be_plain() -> None:
    """There is nobody on the way who could listen."""
    form = default_manifest().specs["SLACK_WEBHOOK_URL"].format
    assert form.fault("http://127.0.0.1:8080/services/x") is None

"""Texts that are signed by key id: two keys are good at once, and nothing else is."""

import pytest
from pydantic import SecretStr

from nba_mcp_synthesis.signing import Signing

OLD, NEW, OTHER = (SecretStr(word * 8) for word in ("old-", "new-", "none"))


def test_the_key_before_is_good_for_a_turn() -> None:
    """New texts are signed by the first key, and those of the second are read."""
    keys = [OLD]
    signing = Signing("cursor", lambda: keys)
    before = signing.sign("text")
    keys[:] = [NEW, OLD]
    after = signing.sign("text")
    assert before != after
    assert [signing.read(before), signing.read(after)] == ["text", "text"]
    keys[:] = [OTHER, NEW]
    assert signing.read(after) == "text"
    with pytest.raises(ValueError, match="not signed"):
        signing.read(before)


@pytest.mark.parametrize(
    "change", ["texts", "", "text", "text.", "text..", "text.00000000.00", ".", "a.b.c.d", "ü.ü.ü"]
)
def test_what_is_not_signed_is_not_read(change: str) -> None:
    """Another text, no signature, a broken one."""
    signing = Signing("cursor", lambda: [NEW])
    text, key_id, mac = signing.sign("text").split(".")
    with pytest.raises(ValueError, match="not signed"):
        signing.read(f"{change}.{key_id}.{mac}" if change == "texts" else change)
    with pytest.raises(ValueError, match="not signed"):
        signing.read(f"{text}.{key_id}.{'0' * len(mac)}")


def test_a_signature_is_for_one_purpose() -> None:
    """A signed cursor is no other signed text."""
    signed = Signing("cursor", lambda: [NEW]).sign("text")
    with pytest.raises(ValueError, match="not signed"):
        Signing("link", lambda: [NEW]).read(signed)


def test_without_a_key_nothing_is_signed() -> None:
    """As before there was one."""
    signing = Signing("cursor")
    assert (signing.sign("text"), signing.read("text")) == ("text", "text")


def test_no_key_can_be_seen() -> None:
    """Neither in what is signed nor in what prints a signer."""
    signing = Signing("cursor", lambda: [NEW])
    assert NEW.get_secret_value() not in signing.sign("text") + repr(signing)

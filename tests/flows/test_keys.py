"""The operator's key is made once and read by nobody else; known signers have names."""

import stat
from pathlib import Path

import pytest

from lorewright.errors import NotFound, Refused, Unreadable, UsageError
from lorewright.flows.keys import KeyRing, read_public_key
from lorewright.release import SigningKey

OTHER = SigningKey.new().public


def test_a_key_is_made_once_and_others_may_not_read_it(keys_at: Path) -> None:
    ring = KeyRing()
    assert ring.own() is None

    made = ring.own_or_new()

    assert KeyRing().own_or_new().public == made.public
    assert ring.signing_file.parent == keys_at
    assert stat.S_IMODE(ring.signing_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_at.stat().st_mode) == 0o700


def test_a_key_that_others_may_read_is_refused(keys_at: Path) -> None:
    KeyRing().own_or_new()
    (keys_at / "signing.pem").chmod(0o644)

    with pytest.raises(Refused, match="others may read"):
        KeyRing().own()


def test_a_file_that_is_no_key_is_named(keys_at: Path) -> None:
    KeyRing().own_or_new()
    (keys_at / "signing.pem").write_text("nonsense", encoding="utf-8")

    with pytest.raises(Unreadable, match="no private key") as caught:
        KeyRing().own()

    assert str(caught.value.where).endswith("signing.pem")


def test_a_signer_is_known_by_name_until_forgotten(keys_at: Path) -> None:
    ring = KeyRing()
    assert ring.known_as(OTHER.keyid) is None

    ring.trust(OTHER, name="Ada")
    ring.trust(OTHER, name="Ada")

    assert KeyRing().known_as(OTHER.keyid) == "Ada"
    assert ring.keyid_of("Ada") == OTHER.keyid == ring.keyid_of(OTHER.keyid)
    assert len(ring.signers()) == 1
    ring.forget(OTHER.keyid)
    assert KeyRing().known_as(OTHER.keyid) is None
    with pytest.raises(NotFound, match="no signer"):
        ring.forget(OTHER.keyid)


def test_ones_own_key_is_known(keys_at: Path) -> None:
    ring = KeyRing()
    own = ring.own_or_new().public

    assert ring.known_as(own.keyid) == "you"


def test_a_name_stands_for_one_key_and_a_key_for_one_name(keys_at: Path) -> None:
    ring = KeyRing()
    ring.trust(OTHER, name="Ada")

    with pytest.raises(UsageError, match="Ada is known already"):
        ring.trust(SigningKey.new().public, name="Ada")
    with pytest.raises(UsageError, match="Ada is known already"):
        ring.trust(OTHER, name="Grace")


def test_a_key_file_is_read_and_anything_else_is_not(tmp_path: Path, keys_at: Path) -> None:
    file = tmp_path / "ada.pub"
    file.write_bytes(OTHER.as_pem())

    assert read_public_key(file) == OTHER
    assert KeyRing().keyid_of(str(file)) == OTHER.keyid
    file.write_bytes(OTHER.as_pem() + b"and more")
    with pytest.raises(Unreadable) as caught:
        read_public_key(file)
    assert caught.value.where == str(file)
    with pytest.raises(NotFound, match="is no key"):
        KeyRing().keyid_of("nobody")


@pytest.mark.parametrize("content", ["", "[]", '{"signers": 3}', '{"signers": [{"name": "x"}]}'])
def test_a_broken_list_of_signers_is_named(keys_at: Path, content: str) -> None:
    keys_at.mkdir(parents=True)
    (keys_at / "signers.json").write_text(content, encoding="utf-8")

    with pytest.raises(Unreadable, match="list of known signers") as caught:
        KeyRing().signers()

    assert caught.value.hint

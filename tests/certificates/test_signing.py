"""Keys and signatures."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask

from certificates.signing import Keys
from tests.certificates.test_rules import FIELDS, payload_of

PAYLOAD = payload_of(FIELDS)


@pytest.fixture
def _in_an_app():
    with Flask("test").app_context():
        yield


def test_a_key_is_made_at_the_first_run_that_only_its_owner_can_read(tmp_path):
    keys = Keys(tmp_path)
    private = tmp_path / f"certificate-{keys.key_id}.pem"

    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert (tmp_path / f"certificate-{keys.key_id}.pub.pem").exists()
    assert len(keys.key_id) == 16
    assert Keys(tmp_path).key_id == keys.key_id


def test_of_several_processes_that_start_together_one_makes_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = {keys.key_id for keys in pool.map(lambda _: Keys(tmp_path), range(8))}

    assert len(made) == 1


def test_what_was_signed_is_recognised(tmp_path):
    keys = Keys(tmp_path)
    key_id, signature = keys.sign(PAYLOAD)

    assert keys.check(PAYLOAD, key_id, signature)
    assert Keys(tmp_path).check(PAYLOAD, key_id, signature)


def test_no_byte_can_be_altered(tmp_path):
    keys = Keys(tmp_path)
    key_id, signature = keys.sign(PAYLOAD)

    for place in range(len(PAYLOAD)):
        for bit in range(8):
            altered = bytearray(PAYLOAD)
            altered[place] ^= 1 << bit
            assert not keys.check(bytes(altered), key_id, signature)
    for place in range(len(signature)):
        altered = bytearray(signature)
        altered[place] ^= 1
        assert not keys.check(PAYLOAD, key_id, bytes(altered))
    for cut in (PAYLOAD[:-1], PAYLOAD + b"\n", b""):
        assert not keys.check(cut, key_id, signature)
    for cut in (signature[:-1], signature + b"\0", b""):
        assert not keys.check(PAYLOAD, key_id, cut)


@pytest.mark.usefixtures("_in_an_app")
def test_a_key_of_another_house_does_not_count(tmp_path):
    ours, theirs = Keys(tmp_path / "ours"), Keys(tmp_path / "theirs")
    key_id, signature = theirs.sign(PAYLOAD)

    assert not ours.check(PAYLOAD, key_id, signature)
    assert not ours.check(PAYLOAD, ours.key_id, signature)


@pytest.mark.usefixtures("_in_an_app")
@pytest.mark.parametrize("key_id", ["", "../../secret", "0" * 16, "X" * 16, "0" * 17])
def test_a_key_id_is_no_way_into_other_files(tmp_path, key_id):
    assert not Keys(tmp_path).check(PAYLOAD, key_id, b"x" * 64)


def test_a_retired_key_still_verifies_and_signs_no_more(tmp_path):
    first = Keys(tmp_path)
    key_id, signature = first.sign(PAYLOAD)
    (tmp_path / f"certificate-{key_id}.pem").unlink()

    second = Keys(tmp_path)

    assert second.key_id != key_id
    assert second.check(PAYLOAD, key_id, signature)
    assert second.check(PAYLOAD, *second.sign(PAYLOAD))


def test_a_key_that_another_process_made_since_is_found(tmp_path):
    running = Keys(tmp_path)
    (tmp_path / f"certificate-{running.key_id}.pem").unlink()
    newer = Keys(tmp_path)

    assert running.check(PAYLOAD, *newer.sign(PAYLOAD))


@pytest.mark.usefixtures("_in_an_app")
def test_a_public_key_under_another_ones_name_does_not_count(tmp_path):
    ours, theirs = Keys(tmp_path / "ours"), Keys(tmp_path / "theirs")
    _, signature = theirs.sign(PAYLOAD)
    theirs_public = (tmp_path / "theirs" / f"certificate-{theirs.key_id}.pub.pem").read_bytes()
    (tmp_path / "ours" / f"certificate-{'0' * 16}.pub.pem").write_bytes(theirs_public)

    assert not ours.check(PAYLOAD, "0" * 16, signature)


def test_a_key_of_another_kind_stops_the_start(tmp_path):
    wrong = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "certificate-0.pem").write_bytes(wrong)

    with pytest.raises(ValueError, match="not an Ed25519 key"):
        Keys(tmp_path)

"""Checks a log proof with the Python standard library and openssl alone.

usage: check_log_proof.py ENTRY PROOF VERIFIER_KEY
ENTRY is log-entry.json, PROOF is log-entry.tlog-proof, VERIFIER_KEY is the text name+id+base64.
"""

import base64
import hashlib
import subprocess
import sys
import tempfile

SPKI_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def check_signature(key, text, signature):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("key", SPKI_OF_ED25519 + key), ("text", text), ("signature", signature)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        return subprocess.run(command.split(), cwd=folder, capture_output=True).returncode == 0


def open_checkpoint(note, vkey):
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == 1, "not an Ed25519 key"
    assert sha256(name.encode(), b"\n", key)[:4].hex() == key_id, "the id of the key is wrong"
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    for line in lines.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and signer == name and blob[:4].hex() == key_id:
            assert check_signature(key[1:], text.encode(), blob[4:]), "the signature does not fit"
            origin, size, root = text.splitlines()
            assert origin == name, "the checkpoint is of another log"
            return int(size), base64.b64decode(root, validate=True)
    raise AssertionError("the log did not sign")


def root_of(index, size, entry, hashes):
    """RFC 6962, 2.1.1, from the root down."""
    if size == 1:
        assert not hashes, "too many hashes"
        return sha256(b"\x00", entry)
    half = 1 << (size - 1).bit_length() - 1
    assert hashes, "too few hashes"
    if index < half:
        return sha256(b"\x01", root_of(index, half, entry, hashes[:-1]), hashes[-1])
    return sha256(b"\x01", hashes[-1], root_of(index - half, size - half, entry, hashes[:-1]))


def main(entry_path, proof_path, vkey):
    with open(entry_path, "rb") as file:
        entry = file.read()
    with open(proof_path, encoding="utf-8") as file:
        head, note = file.read().split("\n\n", 1)
    version, index, *hashes = head.split("\n")
    assert version == "c2sp.org/tlog-proof@v1" and index.startswith("index ")
    size, root = open_checkpoint(note, vkey)
    index = int(index[6:])
    assert 0 <= index < size, "no such entry"
    hashes = [base64.b64decode(line, validate=True) for line in hashes]
    assert root_of(index, size, entry, hashes) == root, "the proof does not lead to the root"
    print(f"entry {index} is in the log of {size} entries")


if __name__ == "__main__":
    main(*sys.argv[1:])

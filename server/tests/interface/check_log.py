"""Checks a log that grew between two checkpoints, with the Python standard library and openssl alone.

usage: check_log.py FOLDER LOG_KEY WITNESS_KEY
FOLDER holds old.checkpoint and new.checkpoint, consistency (the answer of /log/consistency/OLD/NEW), and entries (the
tiles of entries one after the other). The keys are texts name+id+base64.
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


def signature_of(lines, vkey, kind):
    name, key_id, key = vkey.split("+", 2)
    key = base64.b64decode(key, validate=True)
    assert key[0] == kind, "a key of another kind"
    assert sha256(name.encode(), b"\n", key)[:4].hex() == key_id, "the id of the key is wrong"
    for line in lines.splitlines():
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash == "\u2014" and signer == name and blob[:4].hex() == key_id:
            return name, key[1:], blob[4:]
    raise AssertionError(f"{name} did not sign")


def open_checkpoint(note, log_key, witness_key=None):
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    name, key, signature = signature_of(lines, log_key, 1)
    assert check_signature(key, text.encode(), signature), "the signature of the log does not fit"
    if witness_key:
        _, key, signature = signature_of(lines, witness_key, 4)
        seen_at = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {seen_at}\n{text}"
        assert check_signature(key, message.encode(), signature[8:]), "the cosignature does not fit"
    origin, size, root = text.splitlines()
    assert origin == name, "the checkpoint is of another log"
    return int(size), base64.b64decode(root, validate=True)


def root_of(leaves):
    """RFC 6962, 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01", root_of(leaves[:half]), root_of(leaves[half:]))


def proof_of(old, leaves, whole=True):
    """RFC 6962, 2.1.2: what the log should answer."""
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return proof_of(old, leaves[:half], whole) + [root_of(leaves[half:])]
    return proof_of(old - half, leaves[half:], False) + [root_of(leaves[:half])]


def entries_of(bundle):
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        yield bundle[2 : 2 + length]
        bundle = bundle[2 + length :]


def main(folder, log_key, witness_key):
    def read(name):
        with open(f"{folder}/{name}", "rb") as file:
            return file.read()

    old, old_root = open_checkpoint(read("old.checkpoint").decode(), log_key, witness_key)
    new, new_root = open_checkpoint(read("new.checkpoint").decode(), log_key)
    leaves = [sha256(b"\x00", entry) for entry in entries_of(read("entries"))]
    assert len(leaves) == new, f"{len(leaves)} entries instead of {new}"
    assert root_of(leaves[:old]) == old_root, "the entries do not give the old root"
    assert root_of(leaves) == new_root, "the entries do not give the new root"
    head, note = read("consistency").decode().split("\n\n", 1)
    first, *hashes = head.split("\n")
    assert first == f"old {old}" and note == read("new.checkpoint").decode(), "the answer is to another question"
    hashes = [base64.b64decode(line, validate=True) for line in hashes]
    assert hashes == proof_of(old, leaves), "the proof is another"
    print(f"the log grew from {old} to {new} entries")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""usage: check_log.py VKEY ENTRY PROOF [GROWTH]
Checks with openssl that the log with the key VKEY contains ENTRY (C2SP tlog-proof, RFC 6962 hashing); and by GROWTH
that nothing was changed or taken away in it between the checkpoint of the proof and a newer one."""

import base64
import hashlib
import subprocess
import sys
import tempfile

SPKI_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def hashes(lines):
    return [base64.b64decode(line, validate=True) for line in lines]


def checkpoint(note, vkey):
    """Size and root of a checkpoint that the log signed."""
    name, key_id, key = vkey.split("+", 2)
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root = text.splitlines()[:3]
    signed = [line.split(" ") for line in signatures.splitlines()]
    blobs = [base64.b64decode(blob, validate=True) for _, signer, blob in signed if signer == name]
    blobs = [blob for blob in blobs if blob[:4].hex() == key_id]
    if origin != name or not blobs:
        sys.exit(f"the checkpoint is of {origin}, and not signed by {name}: another log")
    with tempfile.TemporaryDirectory() as folder:
        spki = SPKI_OF_ED25519 + base64.b64decode(key, validate=True)[1:]
        for file_name, data in (("key", spki), ("text", text.encode()), ("signature", blobs[0][4:])):
            with open(f"{folder}/{file_name}", "wb") as file:
                file.write(data)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in text -sigfile signature"
        if subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode:
            sys.exit("the signature of the log does not fit its checkpoint")
    return int(size), base64.b64decode(root, validate=True)


def root_by(entry, index, size, path):
    """RFC 9162, 2.1.3.2: the root that an entry and a path lead to."""
    node, at, last = sha256(b"\0", entry), index, size - 1
    for sibling in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            node = sha256(b"\1", sibling, node)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            node = sha256(b"\1", node, sibling)
        at, last = at // 2, last // 2
    return node if last == 0 else None


def roots_by(old, old_root, new, path):
    """RFC 9162, 2.1.4.2: the two roots that a path between two sizes leads to."""
    if old == new:
        return (old_root, old_root) if not path else None
    if old & (old - 1) == 0:
        path = [old_root] + path
    if not path:
        return None
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at // 2, last // 2
    first = second = path[0]
    for node in path[1:]:
        if last == 0:
            return None
        if at % 2 or at == last:
            first, second = sha256(b"\1", node, first), sha256(b"\1", node, second)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            second = sha256(b"\1", second, node)
        at, last = at // 2, last // 2
    return (first, second) if last == 0 else None


def main(vkey, entry, proof, growth=None):
    with open(vkey, encoding="utf-8") as file:
        vkey = file.read().strip()
    with open(entry, "rb") as file:
        entry = file.read()
    with open(proof, encoding="utf-8") as file:
        head, note = file.read().split("\n\n", 1)
    lines = [line for line in head.split("\n")[1:] if not line.startswith("extra ")]
    index = int(lines[0].split()[1])
    size, root = checkpoint(note, vkey)
    if index >= size or root_by(entry, index, size, hashes(lines[1:])) != root:
        sys.exit("the proof does not lead from the entry to the log")
    said = f"entry {index} is in {vkey.split('+')[0]} at size {size}"
    if growth:
        with open(growth, encoding="utf-8") as file:
            head, note = file.read().split("\n\n", 1)
        lines = head.split("\n")
        new, new_root = checkpoint(note, vkey)
        if int(lines[0].split()[1]) != size or roots_by(size, root, new, hashes(lines[1:])) != (root, new_root):
            sys.exit(f"the log of {new} entries does not begin with the one of {size}: it was forked")
        said += f", and the log of size {new} begins with it"
    print(said)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as error:
        sys.exit(f"a file of the log cannot be read, or was altered: {error}")

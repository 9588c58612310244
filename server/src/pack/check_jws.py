"""usage: check_jws.py JWKS JWS FILE
Checks with openssl that a key of JWKS signed JWS (RFC 7515, Ed25519), and that FILE is what it signed."""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile

SPKI_OF_ED25519 = bytes.fromhex("302a300506032b6570032100")


def unpacked(text):
    """base64url without padding, in the one way to write it."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise ValueError("not base64url")
    return data


def key_of(jwks, kid):
    """The public key with that id, which is its own thumbprint (RFC 7638)."""
    with open(jwks, encoding="utf-8") as file:
        keys = [key for key in json.load(file)["keys"] if key["kid"] == kid]
    if not keys:
        sys.exit(f"signed by {kid}, which is no key of this issuer")
    key = keys[0]
    named = json.dumps({"crv": key["crv"], "kty": key["kty"], "x": key["x"]}, separators=(",", ":"))
    if unpacked(kid) != hashlib.sha256(named.encode()).digest():
        sys.exit(f"the key in {jwks} is not the one that its id names")
    return key, SPKI_OF_ED25519 + unpacked(key["x"])


def opened(jwks, jws):
    """What was signed, and the key that signed it."""
    with open(jws, encoding="utf-8") as file:
        head, body, signature = file.read().strip().split(".")
    try:
        kid = json.loads(unpacked(head))["kid"]
        payload, signature = unpacked(body), unpacked(signature)
    except (ValueError, KeyError):
        sys.exit(f"{jws} is no signature, or was altered")
    key, spki = key_of(jwks, kid)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", spki), ("signed", f"{head}.{body}".encode()), ("signature", signature)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(data)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key -rawin -in signed -sigfile signature"
        if subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode:
            sys.exit(f"{jws}: the signature does not fit, something was altered")
    return payload, key


def main(jwks, jws, file_name):
    payload, key = opened(jwks, jws)
    with open(file_name, "rb") as file:
        if file.read() != payload:
            sys.exit(f"{file_name} is not what was signed")
    print(f"{file_name} was signed by {key['kid']}")


if __name__ == "__main__":
    main(*sys.argv[1:])

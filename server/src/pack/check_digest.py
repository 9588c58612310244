"""usage: check_digest.py FILE DIGEST_OF FIELD
Checks that the SHA-256 of FILE stands in DIGEST_OF (JSON) under FIELD. A file of an opening (salt and text) is hashed as
the log does: each part after its length in eight bytes."""

import hashlib
import json
import sys

name, of, field = sys.argv[1:]
with open(name, "rb") as file:
    data = file.read()
if name.endswith(".opening"):
    opening = json.loads(data)
    parts = (bytes.fromhex(opening["salt"]), opening["text"].encode())
    data = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
with open(of, "rb") as file:
    stated = json.load(file)[field]
if hashlib.sha256(data).hexdigest() != stated:
    sys.exit(f"{name} is not what {of} was made over")
print(f"{name} is what {of} was made over")

"""usage: key_of.py JWKS STATEMENT > KEY
Writes the key that a statement names, as openssl reads it, if it was valid when the statement was made."""

import base64
import datetime
import json
import sys

from check_jws import key_of

with open(sys.argv[2], "rb") as file:
    statement = json.load(file)
key, spki = key_of(sys.argv[1], statement["key_id"])
made = datetime.datetime.fromisoformat(statement["issued_at"].replace("Z", "+00:00")).timestamp()
if not key["nbf"] <= made <= key["exp"]:
    sys.exit("the key was not valid when the certificate was made")
print("-----BEGIN PUBLIC KEY-----")
print(base64.b64encode(spki).decode())
print("-----END PUBLIC KEY-----")

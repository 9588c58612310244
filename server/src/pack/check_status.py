"""usage: check_status.py JWKS LIST STATEMENT
Checks the signed list of all certificates, that it has not run out, and what it says of the one of STATEMENT. Only a
certificate in force ends without an error."""

import datetime
import hashlib
import json
import sys
import time

from check_jws import opened

jwks, list_name, statement_name = sys.argv[1:]
payload, _ = opened(jwks, list_name)
listed = json.loads(payload)


def day(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()


if time.time() >= listed["exp"]:
    sys.exit(f"the status list ran out at {day(listed['exp'])}: fetch a fresh one from the issuer")
with open(statement_name, "rb") as file:
    statement = file.read()
rows = [row for row in listed["certificates"] if row["id"] == json.loads(statement)["id"]]
if not rows:
    sys.exit("the status list does not know this certificate")
if rows[0]["statement"] != hashlib.sha256(statement).hexdigest():
    sys.exit("the status list knows another statement under this id")
if rows[0]["state"] != "issued":
    sys.exit(f"the certificate is no longer in force: {rows[0]['state']} since {rows[0]['since']}")
print(f"in force when the list was made, at {day(listed['iat'])}")

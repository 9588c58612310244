"""usage: check_seed.py STATEMENT [LOG_FOLDER]
Checks that each sample of a statement was drawn by the seed that the log and the committed nonce give; with the folder of the
log's entries also that commitment, plan, root and nonce were entered in this order. Check those entries with check_log.py and
check_digest.py first."""

import glob
import hashlib
import json
import os
import sys
import uuid


def of_parts(*parts):
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()


def fits(what, holds):
    if not holds:
        sys.exit(f"{what}: does not fit")


with open(sys.argv[1], "rb") as file:
    statement = json.load(file)
said = statement.get("sampling")
if said is None:
    print("the seeds come from the operator's own log: there is no committed nonce to check")
    sys.exit()
nonce, root = bytes.fromhex(said["nonce"]), bytes.fromhex(said["root"])
request = uuid.UUID(statement["request"]["id"]).bytes
fits("nonce and commitment", hashlib.sha256(nonce).hexdigest() == said["commitment"])
fits("the order in the log", said["committed_entry"] < said["plan_entry"] < said["tree_size"])
made = 0
for system in statement["systems"]:
    for dataset in system["datasets"]:
        sample = dataset["verification"].get("sample")
        if sample is not None:
            seed = of_parts(root, request, sample["dataset"].encode(), nonce)
            fits(f"the seed of {sample['dataset']}", seed == sample["seed"])
            made += 1
print(f"{made} seeds are what root and nonce give")

if len(sys.argv) > 2:

    def openings(kind):
        for name in glob.glob(os.path.join(sys.argv[2], f"*-{kind}.opening")):
            with open(name, "rb") as file:
                yield int(os.path.basename(name)[:8]), json.loads(json.load(file)["text"])

    def entered(kind, **facts):
        for index, told in openings(kind):
            if all(told.get(fact) == value for fact, value in facts.items()):
                return index
        sys.exit(f"no entry {kind} tells of {facts}")

    committed = entered("nonce.committed", commitment=said["commitment"])
    planned = entered("plan.frozen", nonce_commitment=said["commitment"])
    fixed = entered("nonce.root_fixed", root=said["root"], tree_size=said["tree_size"])
    opened = entered("nonce.opened", nonce=said["nonce"])
    fits("the entry of the commitment", committed == said["committed_entry"])
    fits("the entry of the plan", planned == said["plan_entry"])
    fits("the order of the entries", committed < planned < said["tree_size"] <= fixed < opened)
    print(f"entries {committed}, {planned}, {fixed}, {opened}: commitment, plan, root, nonce, in this order")

"""usage: check_files.py FOLDER
Compares the files of an evidence pack with its list SHA256SUMS. The list is not signed: it finds what was damaged or
lost on the way; what was changed on purpose is found by the signatures."""

import hashlib
import os
import sys

folder = sys.argv[1]
listed = {}
for line in open(os.path.join(folder, "SHA256SUMS"), encoding="utf-8"):
    digest, name = line.rstrip("\n").split("  ", 1)
    listed[name] = digest
for name, digest in listed.items():
    try:
        with open(os.path.join(folder, name), "rb") as file:
            found = hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        sys.exit(f"{name} is missing")
    if found != digest:
        sys.exit(f"{name} is not as it was packed")
print(f"{len(listed)} files are as they were packed")

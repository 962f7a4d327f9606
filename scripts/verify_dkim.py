#!/usr/bin/env python3
"""Checks the DKIM signatures of .eml files offline, with a verifier that is not ours (dkimpy, `pip install dkimpy`).

    verify_dkim.py DIR --record selector._domainkey.domain=FILE [--record ...]

FILE holds the text of the TXT record. Prints a line for each signature; exit code 1 when one does not hold,
or when a message has none, or when there are no messages.
"""

import argparse
import pathlib
import sys

import dkim


def main() -> int:
    parser = argparse.ArgumentParser(description="Check DKIM signatures of .eml files offline.")
    parser.add_argument("folder", type=pathlib.Path, help="folder with .eml files")
    parser.add_argument("--record", action="append", required=True, metavar="NAME=FILE", help="TXT record in a file")
    arguments = parser.parse_args()

    records = {}
    for record in arguments.record:
        name, _, file = record.partition("=")
        records[name.rstrip(".").lower().encode()] = pathlib.Path(file).read_bytes().strip()

    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        return records.get(name.rstrip(b".").lower())

    files = sorted(arguments.folder.glob("*.eml"))
    failed = not files
    if failed:
        print(f"no .eml files in {arguments.folder}")
    for file in files:
        message = file.read_bytes()
        checker = dkim.DKIM(message, minkey=2048)
        count = sum(1 for name, _ in checker.headers if name.lower() == b"dkim-signature")
        if count == 0:
            print(f"{file.name}: not signed")
            failed = True
        for index in range(count):
            try:
                holds = dkim.DKIM(message, minkey=2048).verify(idx=index, dnsfunc=lookup)
                words = "ok" if holds else "does not hold"
            except dkim.DKIMException as error:
                holds, words = False, str(error)
            print(f"{file.name}: signature {index + 1} of {count}: {words}")
            failed = failed or not holds
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

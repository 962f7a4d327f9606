#!/usr/bin/env python3
"""Check a served decision ledger with software that is not ours.

    verify_ledger.py FOLDER [--key 'name+hash+base64']

Reads the folder with the standard library, hashes its entries with pymerkle (pip install pymerkle, version 7) and
compares the RFC 6962 root with the one in the checkpoint. With --key, and if `cryptography` can be imported, it also
checks the log's Ed25519 signature on the checkpoint. Prints one line; the exit code is 0 when all holds, 1 otherwise.
"""

import argparse
import base64
import hashlib
import sys
from pathlib import Path

WIDTH = 256


class Broken(Exception):
    """The folder does not hold what its checkpoint says."""


def read_checkpoint(folder):
    path = folder / "checkpoint"
    try:
        note = path.read_bytes().decode("utf-8")
        text, signatures = note.rsplit("\n\n", 1)
        origin, size, root = text.split("\n")[:3]
        return origin, int(size), base64.b64decode(root, validate=True), text + "\n", signatures.splitlines()
    except FileNotFoundError:
        raise Broken("`checkpoint` is missing") from None
    except ValueError as error:
        raise Broken(f"`checkpoint` is malformed: {error}") from None


def bundle_path(index, width):
    groups = []
    while True:
        index, group = divmod(index, 1000)
        groups.append(f"x{group:03}" if groups else f"{group:03}")
        if index == 0:
            break
    suffix = "" if width == WIDTH else f".p/{width}"
    return "tile/entries/" + "/".join(reversed(groups)) + suffix


def read_entries(folder, size):
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        name = bundle_path(first // WIDTH, width)
        whole = bundle_path(first // WIDTH, WIDTH)
        exact = (folder / name).is_file()
        try:
            data = (folder / (name if exact else whole)).read_bytes()
        except FileNotFoundError:
            raise Broken(f"`{name}` is missing") from None
        at = 0
        for position in range(width):
            length = int.from_bytes(data[at : at + 2], "big")
            entry = data[at + 2 : at + 2 + length]
            if at + 2 > len(data) or len(entry) != length:
                raise Broken(f"entry {first + position} runs past the end of `{name}` at byte {at}")
            at += 2 + length
            yield entry
        if exact and at != len(data):
            raise Broken(f"`{name}` has {len(data) - at} extra bytes from byte {at} on")


def merkle_root(entries):
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree.get_root() if tree.get_size() else hashlib.sha256(b"").digest()


def check_signature(key, origin, text, signatures):
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        return "signature not checked (no `cryptography` module)"
    try:
        name, key_hash, encoded = key.split("+", 2)
        typed_key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Broken("the key does not have the form `name+hash+base64`") from None
    key_id = hashlib.sha256(name.encode() + b"\n" + typed_key).digest()[:4]
    if key_id.hex() != key_hash or len(typed_key) != 33 or typed_key[0] != 1:
        raise Broken("the key is not a whole Ed25519 verifier key")
    if name != origin:
        raise Broken(f"the key `{name}` is not that of the log `{origin}`")
    for line in signatures:
        dash, signer, encoded = line.split(" ", 2)
        signature = base64.b64decode(encoded)
        if (dash, signer, signature[:4]) == ("\u2014", name, key_id):
            try:
                Ed25519PublicKey.from_public_bytes(typed_key[1:]).verify(signature[4:], text.encode())
                return "signature good"
            except InvalidSignature:
                raise Broken("the signature does not fit the checkpoint") from None
    raise Broken(f"no signature by `{name}` is on the checkpoint")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", help="the log's verifier key, `name+hash+base64`")
    arguments = parser.parse_args()
    try:
        origin, size, signed, text, signatures = read_checkpoint(arguments.folder)
        if arguments.key:
            verdict = check_signature(arguments.key, origin, text, signatures)
        else:
            verdict = "signature not checked (no key given)"
        computed = merkle_root(read_entries(arguments.folder, size))
        if computed != signed:
            raise Broken(f"the {size} entries give the root {computed.hex()}, the checkpoint signs {signed.hex()}")
    except ImportError as error:
        print(f"broken: {error}; install it with `pip install pymerkle`", file=sys.stderr)
        return 1
    except (Broken, ValueError, OSError) as error:
        print(f"broken: {error}", file=sys.stderr)
        return 1
    print(f"whole: {size} entries of {origin}, root {signed.hex()}, {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

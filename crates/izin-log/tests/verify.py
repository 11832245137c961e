"""Checks an exported log with nothing but Python's standard library.

    python3 verify.py FOLDER KEY

Written from the specifications (RFC 6962, RFC 8032, C2SP tlog-tiles, tlog-checkpoint and signed-note)
and not from this product's code, so that the two can only agree by both being right. Reads the entry
bundles, computes the root anew, checks the signature of the checkpoint, prints size and root; ends
with 1 when anything does not fit.
"""

import base64
import hashlib
import pathlib
import sys

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, odd):
    if y >= P:
        raise ValueError("a point that is none")
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * SQRT_M1 % P
    if (x * x - xx) % P or (x == 0 and odd):
        raise ValueError("a point that is none")
    return x if x % 2 == odd else P - x


def point(data):
    number = int.from_bytes(data, "little")
    y, odd = number % 2**255, number >> 255
    x = recover_x(y, odd)
    return (x, y, 1, x * y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, p):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = add(total, p)
        p = add(p, p)
        n >>= 1
    return total


def same(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def signed(key, text, signature):
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + text).digest()
    k = int.from_bytes(digest, "little") % ORDER
    return same(times(s, BASE), add(point(signature[:32]), times(k, point(key))))


def open_note(note, vkey):
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    if key[0] != 1 or hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != key_id:
        raise ValueError("the key's id is not its own")
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    for line in lines.splitlines():
        dash, who, signature = line.split(" ")
        raw = base64.b64decode(signature, validate=True)
        if (dash, who, raw[:4].hex()) == ("\u2014", name, key_id):
            if signed(key[1:], text.encode(), raw[4:]):
                return name, text
    raise ValueError("the checkpoint is not signed by the key")


def path(index):
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(parts)


def leaves(folder, size):
    for first in range(0, size, 256):
        width = min(256, size - first)
        name = path(first // 256) + ("" if width == 256 else f".p/{width}")
        data = (folder / "tile" / "entries" / name).read_bytes()
        for _ in range(width):
            length = int.from_bytes(data[:2], "big")
            if len(data) < 2 + length:
                raise ValueError(f"a bundle ends too early: {name}")
            yield data[2 : 2 + length]
            data = data[2 + length :]
        if data:
            raise ValueError(f"a bundle goes on too long: {name}")


def root(entries):
    """RFC 6962: the perfect subtrees so far, then joined from the right."""
    subtrees = []
    for entry in entries:
        subtrees.append((1, hashlib.sha256(b"\0" + entry).digest()))
        while len(subtrees) > 1 and subtrees[-1][0] == subtrees[-2][0]:
            (n, right), (_, left) = subtrees.pop(), subtrees.pop()
            subtrees.append((2 * n, hashlib.sha256(b"\1" + left + right).digest()))
    if not subtrees:
        return hashlib.sha256(b"").digest()
    _, total = subtrees.pop()
    while subtrees:
        total = hashlib.sha256(b"\1" + subtrees.pop()[1] + total).digest()
    return total


def main(folder, vkey):
    folder = pathlib.Path(folder)
    name, text = open_note((folder / "checkpoint").read_text(encoding="utf-8"), vkey)
    origin, size, claimed = text.splitlines()
    if origin != name:
        raise ValueError("the checkpoint is of another log")
    found = base64.b64encode(root(leaves(folder, int(size)))).decode()
    if found != claimed:
        raise ValueError(f"the entries give the root {found}, {claimed} was signed")
    print(size, found)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (ValueError, IndexError, OSError) as fault:
        sys.exit(f"not whole: {fault}")

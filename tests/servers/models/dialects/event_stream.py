"""AWS's binary framing of events, which botocore can read but not write."""

import struct
from binascii import crc32

_STRING = 7


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """One message: lengths and their checksum, headers, payload, and a checksum of all."""
    told = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(told) + len(payload), len(told))
    begun = prelude + struct.pack("!I", crc32(prelude)) + told + payload
    return begun + struct.pack("!I", crc32(begun))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text

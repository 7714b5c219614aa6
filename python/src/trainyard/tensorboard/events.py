"""Event files, as TensorBoard reads them: framed protocol buffers, written without its package."""

from __future__ import annotations

import struct


class EventFile:
    """A new event file at `path`. close() it, or use it in a `with`."""

    def __init__(self, path: str, at_seconds: float) -> None:
        self._file = open(path, "wb")  # closed by close()
        self._write(_double(1, at_seconds) + _bytes(3, b"brain.Event:2"))

    def scalar(self, name: str, value: float, step: int, at_seconds: float) -> None:
        """One point of a series. `at_seconds` is since the epoch."""
        point = _bytes(1, name.encode()) + _tag(2, 5) + struct.pack("<f", value)
        summary = _bytes(5, _bytes(1, point))
        self._write(_double(1, at_seconds) + _tag(2, 0) + _varint(step) + summary)

    def close(self) -> None:
        """No more points."""
        self._file.close()

    def _write(self, event: bytes) -> None:
        head = struct.pack("<Q", len(event))
        self._file.write(head + _masked(head) + event + _masked(event))

    def __enter__(self) -> EventFile:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def crc32c(data: bytes) -> int:
    """Castagnoli's checksum."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _table() -> list:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


_TABLE = _table()


def _masked(data: bytes) -> bytes:
    # A checksum of data that hold checksums would be weak; so the format turns it and adds a number.
    crc = crc32c(data)
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _tag(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _double(field: int, value: float) -> bytes:
    return _tag(field, 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _tag(field, 2) + _varint(len(value)) + value

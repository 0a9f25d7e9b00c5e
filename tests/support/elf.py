"""What a native library asks the dynamic linker for.

A repaired wheel keeps the old names among its strings: only this list counts.
"""

import struct

_DYNAMIC, _LOAD = 2, 1
_NEEDED, _STRTAB = 1, 5


def needed(code: bytes) -> set[str]:
    """The DT_NEEDED names of a 64-bit little-endian ELF file."""
    assert code[:6] == b"\x7fELF\x02\x01", "not a 64-bit little-endian ELF file"
    (offset,) = struct.unpack_from("<Q", code, 32)
    size, count = struct.unpack_from("<HH", code, 54)
    headers = [struct.unpack_from("<IIQQQQQQ", code, offset + i * size) for i in range(count)]
    loads = [(address, length, place) for kind, _, place, address, _, length, _, _ in headers if kind == _LOAD]
    place, length = next((place, length) for kind, _, place, _, _, length, _, _ in headers if kind == _DYNAMIC)
    entries = [struct.unpack_from("<qQ", code, place + i) for i in range(0, length, 16)]
    strings = next(value for tag, value in entries if tag == _STRTAB)
    base = next(place + strings - address for address, length, place in loads if address <= strings < address + length)
    names = [code[base + value : code.index(b"\x00", base + value)] for tag, value in entries if tag == _NEEDED]
    return {name.decode() for name in names}

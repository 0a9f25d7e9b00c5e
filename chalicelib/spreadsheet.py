"""Cells that a spreadsheet opens: one rule for every CSV that we write."""

import re

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula, as text (OWASP, "CSV injection"). A phone number stays as it is."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell

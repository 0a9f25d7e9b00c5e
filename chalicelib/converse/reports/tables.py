"""Reports as CSV, to be opened in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.http.replies import Reply
from chalicelib.spreadsheet import harmless


def csv_reply(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Reply[str]:
    """The rows as a file with this name. Text that a spreadsheet would take for a formula is quoted."""
    out = io.StringIO()
    out.write("\ufeff")  # without it Excel reads UTF-8 as something else
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Reply(out.getvalue(), headers=headers)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case dict():
            return "; ".join(f"{name}={number}" for name, number in value.items())
        case _:
            return str(value)

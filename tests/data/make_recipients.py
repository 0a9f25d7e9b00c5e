"""Makes recipients-1000.csv, the messy file of the demo. Run from the repository's root: python tests/data/make_recipients.py

1,000 rows after the header. What is wrong with which rows is fixed below, so that the demo's ledger can be added up by hand:
  2 blank, 60 duplicates (30 of them written another way), 1 invalid number, 1 without a number, 1 opted-out contact.
"""

import csv
import io
import random
from pathlib import Path

FILE = Path(__file__).with_name("recipients-1000.csv")
OPTED_OUT = "+6591110000"
"""The seed gives this number's contact a marketing opt-out."""
ROWS = 1000
DUPLICATES_AS_WRITTEN, DUPLICATES_REWRITTEN = 30, 30

# fmt: off
FIRST = [
    "Ana",
    "Björn",
    "Chloé",
    "Đặng",
    "Ewa",
    "Fatih",
    "Güneş",
    "Håkon",
    "İpek",
    "José",
    "小明",
    "Łukasz",
    "محمد",
    "Niño",
    "Олена",
    "Priya",
]
LAST = [
    "O'Neil",
    "Müller",
    "Smith, Jr.",
    "Tan",
    "Nguyễn",
    "Śliwa",
    "García Márquez",
    "Lim",
    "Ng",
    "de la Cruz",
    "陈",
    "חלפון",
]
CITY = ["Singapore", "Kuala Lumpur", "München", "São Paulo", "London, UK", 'The "Big" Apple', "東京", ""]
# fmt: on


def local_singapore(n: int) -> str:
    """A Singapore mobile as people there write it."""
    return f"9{200 + n // 10000:03d} {n % 10000:04d}"


def number(n: int) -> str:
    """The n-th distinct number: Singapore local and international, and seven other countries in several notations."""
    sg = local_singapore(n)
    return [
        sg,
        sg.replace(" ", ""),
        "+65 " + sg,
        "+65-" + sg.replace(" ", "-"),
        "0065" + sg.replace(" ", ""),
        f"+60 12-{3000000 + n}",
        f"6012{4000000 + n}",
        f"+49 1512 {3000000 + n}",
        f"+44 7400 {300000 + n}",
        f"(+62) 812-{30000000 + n}",
        f"+55 11 9{60000000 + n}",
        f"+91 98{30000000 + n}",
        f"+61 412 {300000 + n}",
    ][n % 13]


def rewritten(text: str) -> str:
    """The same number in other clothes."""
    digits = "".join(c for c in text if c.isdigit())
    return f" {digits[:4]} {digits[4:]} " if text.startswith("9") else "+" + digits.removeprefix("00")


def main() -> None:
    """Writes the file: the same bytes each time."""
    chance = random.Random(8)
    plan = ["good"] * (ROWS - 2 - DUPLICATES_AS_WRITTEN - DUPLICATES_REWRITTEN - 3)
    plan += ["blank"] * 2 + ["again"] * DUPLICATES_AS_WRITTEN + ["rewritten"] * DUPLICATES_REWRITTEN
    plan += ["invalid", "missing", "opted out"]
    chance.shuffle(plan)
    # A duplicate needs something before it to repeat.
    while plan[0] != "good":
        plan.append(plan.pop(0))

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["Phone Number", "First Name", "Last Name", "City", "Voucher", "Client Message Id"])
    written: list[str] = []
    for i, what in enumerate(plan):
        values = [
            chance.choice(FIRST),
            chance.choice(LAST),
            chance.choice(CITY),
            f"SAVE{chance.randrange(10, 60)}",
            f"row-{i:04d}",
        ]
        match what:
            case "blank":
                writer.writerow(["", "", "", "", "", ""])
                continue
            case "again":
                to = chance.choice(written)
            case "rewritten":
                to = rewritten(chance.choice(written))
            case "invalid":
                to = "+65 1234"
            case "missing":
                to = ""
            case "opted out":
                to = OPTED_OUT
            case _:
                to = number(len(written))
                written.append(to)
        writer.writerow([to, *values])
    FILE.write_bytes(out.getvalue().encode())


if __name__ == "__main__":
    main()

"""Which column is which field: a first guess that a person then corrects."""

import re
import unicodedata
from collections.abc import Sequence

from chalicelib.campaigns.recipients.phones import Address, normalise

MOBILE = "Mobile"
SYSTEM_FIELDS = (MOBILE, "FirstName", "LastName", "ClientMessageId")
FIELD_NAME = re.compile(r"[^\W\d][\w .-]{0,39}")

_SYNONYMS = {
    MOBILE: (
        "mobile mobilenumber mobilephone mobileno phone phonenumber phoneno number msisdn tel "
        "telephone telephonenumber cell cellphone "
        "whatsapp whatsappnumber whatsappid waid to recipient contact contactnumber handy handynummer telefon telefonnummer mobil "
        "celular telefono movil numero telefone portable telefone nomor nohp hp bsuid userid"
    ),
    "FirstName": "firstname first givenname forename name fname vorname nombre nome prenom nama",
    "LastName": "lastname last surname familyname lname nachname apellido apellidos sobrenome nom",
    "ClientMessageId": "clientmessageid messageid clientid externalid reference ref orderid",
}
_LABEL_OF = {word: label for label, words in _SYNONYMS.items() for word in words.split()}
_PHONE_LIKE = re.compile(r"[+(]?[0-9][0-9 ()./\-]{5,}[0-9]")


def has_header(first: Sequence[str], second: Sequence[str] | None) -> bool:
    """Does the first record name the columns? It holds no number, and words where a recipient would hold one."""
    named = [cell.strip() for cell in first if cell.strip()]
    if not named or any(_PHONE_LIKE.fullmatch(cell) for cell in named):
        return False
    if any(_word(cell) in _LABEL_OF for cell in named):
        return True
    return second is not None and any(_PHONE_LIKE.fullmatch(cell.strip()) for cell in second)


def guess(header: Sequence[str] | None, sample: Sequence[Sequence[str]], country: str | None) -> list[str | None]:
    """One label per column; None for a column without a name. Each label is used once."""
    width = max([len(header or ()), *(len(row) for row in sample), 1])
    names = [*(header or ()), *[""] * (width - len(header or ()))]
    labels: list[str | None] = [_LABEL_OF.get(_word(name)) for name in names]
    labels = _once(labels)
    if MOBILE not in labels:
        column = _phone_column(sample, width, country)
        if column is not None:
            labels[column] = MOBILE
    for i, name in enumerate(names):
        if labels[i] is None:
            labels[i] = _custom(name) if header else f"Column{i + 1}"
    return _once(labels)


def _once(labels: list[str | None]) -> list[str | None]:
    seen: set[str] = set()
    result: list[str | None] = []
    for label in labels:
        result.append(None if label is None or label in seen else label)
        seen.add(label or "")
    return result


def _phone_column(sample: Sequence[Sequence[str]], width: int, country: str | None) -> int | None:
    hits = [
        sum(isinstance(normalise(row[i], country), Address) for row in sample if i < len(row)) for i in range(width)
    ]
    best = max(range(width), key=lambda i: hits[i], default=0)
    return best if hits[best] else None


def _word(name: str) -> str:
    flat = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in flat if c.isalnum())


def _custom(name: str) -> str | None:
    cleaned = re.sub(r"[^\w .-]", "", name.strip())[:40].strip()
    if not cleaned:
        return None
    return cleaned if FIELD_NAME.fullmatch(cleaned) else ("_" + cleaned)[:40]

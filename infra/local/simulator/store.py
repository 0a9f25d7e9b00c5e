"""What survives a restart: one SQLite file in the state directory, and the media beside it.

Written without fsync: a killed simulator loses nothing; a power cut may, which a fake can afford.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from .records import Chat, Customer, Media, Message, Number, Record, Template, Waba

SCHEMA = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
# Tables of what happened; `docs` holds the accounts it happened to.
TRAFFIC = (
    "chats", "messages", "identities", "reached", "service_counts", "jobs", "events", "deliveries",
    "counters",
)  # fmt: skip

R = TypeVar("R", bound=Record)


class Store:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.media_folder = folder / "media"
        self.media_folder.mkdir(parents=True, exist_ok=True)
        # The tests' server thread is not the thread that made the store; only one of them uses it at a time.
        self.db = sqlite3.connect(folder / "whatsapp.sqlite3", isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.executescript(SCHEMA)
        self._depth = 0

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a nested one joins the outer."""
        if self._depth:
            yield
            return
        self.db.execute("BEGIN")
        self._depth = 1
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        else:
            self.db.execute("COMMIT")
        finally:
            self._depth = 0

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        found: tuple[Any, ...] | None = self.db.execute(sql, values).fetchone()
        return found

    def run(self, sql: str, *values: Any) -> int:
        return self.db.execute(sql, values).lastrowid or 0

    # Documents: one row a thing, looked up by id.

    def get(self, model: type[R], key: str) -> R | None:
        row = self.row("SELECT body FROM docs WHERE kind=? AND id=?", model.__name__, key)
        return model.model_validate_json(row[0]) if row else None

    def put(self, key: str, record: Record) -> None:
        self.run(
            "INSERT INTO docs VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body",
            type(record).__name__,
            key,
            record.model_dump_json(),
        )

    def drop(self, model: type[Record], key: str) -> None:
        self.run("DELETE FROM docs WHERE kind=? AND id=?", model.__name__, key)

    def all(self, model: type[R]) -> list[R]:
        rows = self.rows("SELECT body FROM docs WHERE kind=? ORDER BY id", model.__name__)
        return [model.model_validate_json(body) for (body,) in rows]

    def waba(self, key: str) -> Waba | None:
        return self.get(Waba, key)

    def number(self, key: str) -> Number | None:
        return self.get(Number, key)

    def numbers_of(self, waba_id: str) -> list[Number]:
        return [number for number in self.all(Number) if number.waba_id == waba_id]

    def templates_of(self, waba_id: str) -> list[Template]:
        return [template for template in self.all(Template) if template.waba_id == waba_id]

    def template(self, waba_id: str, name: str, language: str) -> Template | None:
        rows = self.rows(
            "SELECT body FROM docs WHERE kind='Template' AND json_extract(body,'$.name')=?"
            " AND json_extract(body,'$.language')=? AND json_extract(body,'$.waba_id')=?",
            name,
            language,
            waba_id,
        )
        return Template.model_validate_json(rows[0][0]) if rows else None

    # Chats and messages.

    def chat(self, phone_number_id: str, wa_id: str) -> Chat:
        row = self.row("SELECT body FROM chats WHERE wa_id=? AND phone_number_id=?", wa_id, phone_number_id)
        return Chat.model_validate_json(row[0]) if row else Chat(phone_number_id=phone_number_id, wa_id=wa_id)

    def put_chat(self, chat: Chat) -> None:
        self.run(
            "INSERT INTO chats VALUES (?,?,?) ON CONFLICT DO UPDATE SET body=excluded.body",
            chat.phone_number_id,
            chat.wa_id,
            chat.model_dump_json(),
        )

    def chats_of(self, wa_id: str) -> list[Chat]:
        return [Chat.model_validate_json(b) for (b,) in self.rows("SELECT body FROM chats WHERE wa_id=?", wa_id)]

    def add_message(self, message: Message) -> Message:
        message.seq = self.run(
            "INSERT INTO messages (wamid, phone_number_id, wa_id, outbound, body) VALUES (?,?,?,?,?)",
            message.wamid,
            message.phone_number_id,
            message.wa_id,
            message.outbound,
            message.model_dump_json(exclude={"seq"}),
        )
        return message

    def put_message(self, message: Message) -> None:
        self.run(
            "UPDATE messages SET body=? WHERE wamid=?",
            message.model_dump_json(exclude={"seq"}),
            message.wamid,
        )

    def message(self, wamid: str) -> Message | None:
        row = self.row("SELECT seq, body FROM messages WHERE wamid=?", wamid)
        return _message(*row) if row else None

    def messages(
        self,
        *,
        wa_id: str | None = None,
        phone_number_id: str | None = None,
        after: int = 0,
        outbound: bool | None = None,
        limit: int = -1,
        last: bool = False,
    ) -> list[Message]:
        where, values = ["seq>?"], [after]
        for column, value in (("wa_id", wa_id), ("phone_number_id", phone_number_id), ("outbound", outbound)):
            if value is not None:
                where.append(f"{column}=?")
                values.append(value)  # type: ignore[arg-type]
        order = "DESC" if last else "ASC"
        rows = self.rows(
            f"SELECT seq, body FROM messages WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?",  # noqa: S608
            *values,
            limit,
        )
        found = [_message(*row) for row in rows]
        return found[::-1] if last else found

    # Customers: known by phone number here, by a BSUID of its own in each portfolio.

    def customer(self, wa_id: str) -> Customer | None:
        return self.get(Customer, wa_id)

    def put_customer(self, customer: Customer) -> None:
        self.put(customer.wa_id, customer)

    def media(self, key: str) -> Media | None:
        return self.get(Media, key)

    # Counters for /_sim/stats.

    def count(self, name: str, by: int = 1) -> None:
        self.run("INSERT INTO counters VALUES (?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n", name, by)

    def highest(self, name: str, value: int) -> None:
        self.run("INSERT INTO counters VALUES (?,?) ON CONFLICT DO UPDATE SET n=max(n,excluded.n)", name, value)

    def counters(self) -> dict[str, int]:
        return dict(self.rows("SELECT name, n FROM counters"))

    def add_jobs(self, jobs: Iterable[tuple[float, str, dict[str, Any]]]) -> None:
        self.db.executemany(
            "INSERT INTO jobs (due, kind, body) VALUES (?,?,?)",
            [(due, kind, json.dumps(body)) for due, kind, body in jobs],
        )

    def forget_traffic(self) -> None:
        """Everything that happened, but not the accounts it happened to."""
        for table in TRAFFIC:
            self.run(f"DELETE FROM {table}")  # noqa: S608
        self.run("DELETE FROM docs WHERE kind IN ('Customer', 'Media')")
        for file in self.media_folder.iterdir():
            file.unlink()


def _message(seq: int, body: str) -> Message:
    message = Message.model_validate_json(body)
    message.seq = seq
    return message

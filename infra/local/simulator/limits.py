"""Meta's rates: messages a second per number, messages per pair, unique people per portfolio and day."""

from collections import defaultdict, deque

from .records import TIER_SIZE, Chat, Waba
from .store import Store

DAY = 86_400
PAIR_BURST = 45
PAIR_SECONDS = 6.0


class Throughput:
    """Messages of a number in the rolling last second, sent and received. Memory only."""

    def __init__(self) -> None:
        self._moments: dict[str, deque[float]] = defaultdict(deque)

    def in_last_second(self, phone_number_id: str, now: float) -> int:
        moments = self._moments[phone_number_id]
        while moments and moments[0] <= now - 1.0:
            moments.popleft()
        return len(moments)

    def count(self, phone_number_id: str, now: float) -> int:
        """Counts one message; answers how many the last second now holds."""
        self._moments[phone_number_id].append(now)
        return self.in_last_second(phone_number_id, now)

    def clear(self) -> None:
        self._moments.clear()


def pair_allows(chat: Chat, now: float) -> bool:
    """One message in 6 s to the same person, and up to 45 at once on credit."""
    return _debt(chat, now) + 1 <= PAIR_BURST


def count_pair(chat: Chat, now: float) -> None:
    chat.pair_debt = _debt(chat, now) + 1
    chat.pair_at = now


def _debt(chat: Chat, now: float) -> float:
    return max(0.0, chat.pair_debt - (now - chat.pair_at) / PAIR_SECONDS)


def tier_allows(store: Store, waba: Waba, wa_id: str, now: float) -> bool:
    """People messaged outside a window in a rolling 24 h; one already among them costs nothing more."""
    size = TIER_SIZE[waba.messaging_limit]
    reached = store.row("SELECT at FROM reached WHERE portfolio=? AND wa_id=?", waba.portfolio_id, wa_id)
    if reached and reached[0] > now - DAY:
        return True
    return people_reached(store, waba.portfolio_id, now) < size


def people_reached(store: Store, portfolio: str, now: float) -> int:
    row = store.row("SELECT count(*) FROM reached WHERE portfolio=? AND at>?", portfolio, now - DAY)
    return int(row[0]) if row else 0


def count_reached(store: Store, portfolio: str, wa_id: str, now: float) -> None:
    """The first message of the day counts, and a day after it the person counts anew."""
    store.run(
        "INSERT INTO reached VALUES (?,?,?) ON CONFLICT DO UPDATE SET at=excluded.at WHERE reached.at<=?",
        portfolio,
        wa_id,
        now,
        now - DAY,
    )

"""Numbers, accounts, webhook subscriptions and the block list."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.whatsapp import answers
from chalicelib.whatsapp.answers import BlockResult, Page, PhoneNumber, SubscribedApp, Waba
from chalicelib.whatsapp.calls.base import Calls, read
from chalicelib.whatsapp.graph import CallRefused


class AccountCalls(Calls):
    """What Meta has given us and how healthy it is."""

    def phone_number(self, phone_number_id: str, *, fields: Sequence[str] = answers.PHONE_NUMBER_FIELDS) -> PhoneNumber:
        return read(PhoneNumber, self.call("GET", phone_number_id, query={"fields": fields}))

    def phone_numbers(
        self, waba_id: str, *, after: str | None = None, fields: Sequence[str] = answers.PHONE_NUMBER_FIELDS
    ) -> tuple[tuple[PhoneNumber, ...], str | None]:
        """One page of the account's numbers and the cursor of the next."""
        body = self.call("GET", f"{waba_id}/phone_numbers", query={"fields": fields, "after": after})
        page = answers.page_of(body)
        return tuple(read(PhoneNumber, item) for item in page.items), page.after

    def waba(self, waba_id: str, *, fields: Sequence[str] = answers.WABA_FIELDS) -> Waba:
        return read(Waba, self.call("GET", waba_id, query={"fields": fields}))

    def subscribed_apps(self, waba_id: str) -> tuple[SubscribedApp, ...]:
        page = answers.page_of(self.call("GET", f"{waba_id}/subscribed_apps"))
        return tuple(read(SubscribedApp, item) for item in page.items)

    def subscribe_app(
        self, waba_id: str, *, override_callback_uri: str | None = None, verify_token: str | None = None
    ) -> None:
        """Has the account's webhooks sent to this token's app, or to the given address instead of the app's."""
        override = {"override_callback_uri": override_callback_uri, "verify_token": verify_token}
        self.call("POST", f"{waba_id}/subscribed_apps", body=override if override_callback_uri else None)

    def unsubscribe_app(self, waba_id: str) -> None:
        self.call("DELETE", f"{waba_id}/subscribed_apps")

    def block_users(
        self, phone_number_id: str, *, phones: Iterable[str] = (), user_ids: Iterable[str] = ()
    ) -> BlockResult:
        """Blocks people who wrote in the last 24 h. A partial failure is a result, not an error."""
        return self._block("POST", phone_number_id, phones, user_ids)

    def unblock_users(
        self, phone_number_id: str, *, phones: Iterable[str] = (), user_ids: Iterable[str] = ()
    ) -> BlockResult:
        return self._block("DELETE", phone_number_id, phones, user_ids)

    def blocked_users(self, phone_number_id: str, *, after: str | None = None, limit: int | None = None) -> Page:
        query = {"after": after, "limit": limit}
        return answers.page_of(self.call("GET", f"{phone_number_id}/block_users", query=query))

    def _block(self, method: str, phone_number_id: str, phones: Iterable[str], user_ids: Iterable[str]) -> BlockResult:
        people = [{"user": phone} for phone in phones] + [{"user_id": user_id} for user_id in user_ids]
        body = {"messaging_product": "whatsapp", "block_users": people}
        try:
            answer: Any = self.call(method, f"{phone_number_id}/block_users", body=body)
        except CallRefused as refused:
            answer = refused.body
            if answers.block_result(answer) is None:
                raise
        return answers.block_result(answer) or BlockResult()

"""The tree is the product's table of contents."""

from pathlib import Path

FEATURES = {
    "access", "automation", "campaigns", "channels", "cloud", "contacts", "conversations", "converse",
    "events", "health", "http", "inbound", "logs", "media", "privacy", "segments", "timers", "webchat", "webhooks", "whatsapp",
}  # fmt: skip


def test_a_newcomer_who_opens_chalicelib_sees_the_product() -> None:
    rooms = {p.name for p in Path("chalicelib").iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert rooms == FEATURES

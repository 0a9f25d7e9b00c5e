"""A webhook is made, changed, given a new secret and deleted; its secret is shown once each time."""

import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Visit

# The one address on this machine that webhooks may call; nobody need listen.
RECEIVER_OFFSET = 3


def test_a_webhook_is_changed_given_a_new_secret_and_deleted(visit: Visit) -> None:
    name = f"CRM {secrets.token_hex(3)}"
    visitor = visit("administrator", "/webhooks")
    page = visitor.page
    port = int(visitor.portal_url.rsplit(":", 1)[1]) + RECEIVER_OFFSET
    page.get_by_role("button", name="Add a webhook").click()
    dialog = page.get_by_role("dialog", name="Add a webhook")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Address").fill(f"http://127.0.0.1:{port}/hook")
    dialog.get_by_role("combobox", name="Events").click()
    page.get_by_role("option", name="Everything").click()
    dialog.get_by_label("Name").click()
    dialog.get_by_role("button", name="Add a webhook").click()
    page.get_by_role("button", name="I have kept it").click()

    page.get_by_role("button", name=f"More for {name}").click()
    page.get_by_role("menuitem", name="Change").click()
    changing = page.get_by_role("dialog", name=f"Change {name}")
    changing.get_by_text("What happens while it is off").wait_for()
    assert visitor.violations() == []
    changing.get_by_label("Name").fill(f"{name} b")
    changing.get_by_role("button", name="Save").click()
    expect(page.get_by_role("cell", name=f"{name} b", exact=True)).to_be_visible()

    page.get_by_role("button", name=f"More for {name} b").click()
    page.get_by_role("menuitem", name="New secret").click()
    page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    expect(page.get_by_text("The one before signs along for a day.")).to_be_visible()
    page.get_by_role("button", name="I have kept it").click()

    page.get_by_role("button", name=f"Deliveries of {name} b").click()
    expect(page.get_by_text("Nothing has been delivered yet.")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    page.get_by_role("button", name=f"More for {name} b").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text(f"{name} b is deleted.")).to_be_visible()

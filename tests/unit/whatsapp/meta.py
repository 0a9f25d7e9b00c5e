"""Builders of what Meta posts."""

METADATA = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}
CONTACT = {
    "profile": {"name": "Kerry Fisher", "username": "@kerry"},
    "wa_id": "16505551234",
    "user_id": "US.13491208655302741918",
    "parent_user_id": "US.ENT.118",
}
IMAGE = {"id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "SfInY0gG=", "url": "https://lookaside.test/"}


def message(type_="text", body=None, **fields):
    body = {"body": "Hi"} if type_ == "text" and body is None else body
    return {
        "from": "16505551234",
        "from_user_id": "US.13491208655302741918",
        "id": "wamid.HBgLMTY1",
        "timestamp": "1739321024",
        "type": type_,
        type_: body,
    } | fields


def status(name="delivered", **fields):
    return {
        "id": "wamid.OUT",
        "status": name,
        "timestamp": "1750030073",
        "recipient_id": "16505551234",
        "recipient_user_id": "US.13491208655302741918",
        "biz_opaque_callback_data": "a1:c9:7",
    } | fields


def messages(*messages, contacts=(CONTACT,), **value):
    return change("messages", {"contacts": list(contacts), "messages": list(messages)} | value)


def statuses(*statuses, **value):
    return change("messages", {"statuses": list(statuses)} | value)


def change(field, value):
    if field == "messages":
        value = {"messaging_product": "whatsapp", "metadata": METADATA} | value
    return {"field": field, "value": value}


def envelope(*changes, waba="102290129340398", **entry):
    return {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": list(changes)} | entry]}

"""What a new simulator holds: one business, two numbers, a template of each category."""

from typing import Any

from .records import Number, Template, Waba
from .template_rules import check_components
from .world import World

WABA = "102290129340398"
PICTURE = {"example": {"header_handle": ["4::sample"]}}


def seed(world: World) -> None:
    store = world.store
    store.put(WABA, Waba(id=WABA, name="Lucky Shrub"))
    for number_id, display in (("106540352242922", "+1 555-078-3881"), ("106540352242923", "+65 3158 4321")):
        number = Number(id=number_id, waba_id=WABA, display_phone_number=display, verified_name="Lucky Shrub")
        store.put(number_id, number)
    for index, (name, category, components) in enumerate(TEMPLATES):
        template_id = str(1_627_019_861_106_475 + index)
        checked = check_components(category, "POSITIONAL", components)
        made = Template(
            id=template_id, waba_id=WABA, name=name, language="en_US", category=category, components=checked
        )
        made.quality, made.created = "GREEN", world.now() - 86_400
        store.put(template_id, made)


TEMPLATES: list[tuple[str, str, list[dict[str, Any]]]] = [
    (
        "hello_world",
        "UTILITY",
        [
            {"type": "HEADER", "format": "TEXT", "text": "Hello World"},
            {"type": "BODY", "text": "Welcome and congratulations!! This message shows that you can send."},
            {"type": "FOOTER", "text": "WhatsApp Business Platform sample message"},
        ],
    ),
    (
        "order_update",
        "UTILITY",
        [
            {
                "type": "BODY",
                "text": "Hi {{1}}, your order *{{2}}* is on its way and will arrive tomorrow.",
                "example": {"body_text": [["Jessica", "A-1042"]]},
            },
            {
                "type": "BUTTONS",
                "buttons": [
                    {
                        "type": "URL",
                        "text": "Track order",
                        "url": "https://shop.example.com/t/{{1}}",
                        "example": ["https://shop.example.com/t/A-1042"],
                    },
                    {"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+15550783881"},
                ],
            },
        ],
    ),
    (
        "spring_sale",
        "MARKETING",
        [
            {"type": "HEADER", "format": "IMAGE", **PICTURE},
            {
                "type": "BODY",
                "text": "Hello {{1}}! Our *spring sale* has begun: {{2}} off every plant until Sunday.",
                "example": {"body_text": [["Jessica", "25 %"]]},
            },
            {"type": "FOOTER", "text": "Not interested? Tap Stop promotions"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Show me"},
                    {"type": "QUICK_REPLY", "text": "Stop promotions"},
                ],
            },
        ],
    ),
    (
        "login_code",
        "AUTHENTICATION",
        [
            {"type": "BODY", "add_security_recommendation": True},
            {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]},
        ],
    ),
]

"""What a new simulator holds: one business, two numbers, a template of each category."""

import json
from pathlib import Path

from .records import Number, Template, Waba
from .template_rules import check_components
from .world import World

WABA = "102290129340398"
NUMBERS = (
    ("106540352242922", "+1 555-078-3881", "Lucky Shrub"),
    ("106540352242923", "+65 3158 4321", "Lucky Shrub Care"),
)
FILE = Path(__file__).with_name("demo_templates.json")
FIRST_ID = 1_627_019_861_106_475


def seed(world: World) -> None:
    store = world.store
    store.put(WABA, Waba(id=WABA, name="Lucky Shrub"))
    for number_id, display, name in NUMBERS:
        number = Number(id=number_id, waba_id=WABA, display_phone_number=display, verified_name=name)
        store.put(number_id, number)
    for index, given in enumerate(json.loads(FILE.read_text(encoding="utf-8"))):
        template = Template(
            id=str(FIRST_ID + index), waba_id=WABA, quality="GREEN", created=world.now() - 86_400, **given
        )
        template.components = check_components(template.category, template.parameter_format, template.components)
        store.put(template.id, template)

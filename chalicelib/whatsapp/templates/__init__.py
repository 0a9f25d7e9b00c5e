"""Message templates as Meta defines them: read a definition, check it, fill it, show it."""

from chalicelib.whatsapp.templates.check import check_send
from chalicelib.whatsapp.templates.definition import FIELDS, Definition
from chalicelib.whatsapp.templates.fill import fill
from chalicelib.whatsapp.templates.problem import Problem
from chalicelib.whatsapp.templates.render import ButtonView, CardView, HeaderView, Rendered, render
from chalicelib.whatsapp.templates.rules import problems, problems_of
from chalicelib.whatsapp.templates.slots import Slot, SlotKind, slots

__all__ = [
    "FIELDS",
    "ButtonView",
    "CardView",
    "Definition",
    "HeaderView",
    "Problem",
    "Rendered",
    "Slot",
    "SlotKind",
    "check_send",
    "fill",
    "problems",
    "problems_of",
    "render",
    "slots",
]

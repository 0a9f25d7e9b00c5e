"""Labels: one ribbon a ticket, put on by a person or by a rule. Pure.

A rule never replaces a label that is there: the first that fits puts it on, and after that a person decides.
"""

from collections.abc import Callable, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from chalicelib.shape import Shape

Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
LabelName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]


class Label(Shape):
    """A label and when it comes by itself: any one of its rules is enough."""

    name: LabelName
    colour: Colour = "#888888"
    words: tuple[Phrase, ...] = Field(
        default=(), max_length=50, description="Put on when the customer writes one of these, whatever the case."
    )
    on_sla_breach: bool = Field(default=False, description="Put on when a target of time is missed.")
    from_transfers: int | None = Field(
        default=None, ge=1, le=100, description="Put on when the ticket has been transferred so often."
    )


class Labels(Shape):
    """All labels, in the order in which their rules are asked."""

    labels: tuple[Label, ...] = Field(default=(), max_length=50)

    @field_validator("labels")
    @classmethod
    def _each_once(cls, labels: tuple[Label, ...]) -> tuple[Label, ...]:
        names = [label.name.casefold() for label in labels]
        if len(names) != len(set(names)):
            raise ValueError("two labels have the same name")
        return labels


def for_message(labels: Sequence[Label], present: str, text: str) -> str:
    """The ticket's label after the customer wrote this.

    >>> rules = [Label(name="Angry", words=("lawyer", "complain"))]
    >>> for_message(rules, "", "I want to COMPLAIN!")
    'Angry'
    >>> for_message(rules, "VIP", "I want to complain")
    'VIP'
    """
    lowered = " ".join(text.casefold().split())
    return _first(labels, present, lambda label: any(word.casefold() in lowered for word in label.words))


def for_breach(labels: Sequence[Label], present: str) -> str:
    """The ticket's label after a target was missed."""
    return _first(labels, present, lambda label: label.on_sla_breach)


def for_transfers(labels: Sequence[Label], present: str, count: int) -> str:
    """The ticket's label after so many transfers."""
    return _first(labels, present, lambda label: label.from_transfers is not None and count >= label.from_transfers)


def _first(labels: Sequence[Label], present: str, fits: Callable[[Label], bool]) -> str:
    return present or next((label.name for label in labels if fits(label)), "")

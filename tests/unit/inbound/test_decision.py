"""Who handles an inbound message."""

from typing import Any

import pytest

from chalicelib.channels.model import Channel
from chalicelib.conversations.model import OwnerKind
from chalicelib.inbound.decision import Decision, Handler, Situation, Wish, decide, wish_of


def decided(text: str = "Hello", workflows: tuple[str, ...] = (), **facts: Any) -> Decision:
    return decide(situation(text, **facts), lambda: workflows)


def situation(text: str = "Hello", first: str = "workflow", **facts: Any) -> Situation:
    channel = Channel.model_validate(
        {
            "id": "c", "subaccount_id": "s", "name": "n", "created_at": "2026-01-01T00:00:00Z",
            "phone_number_id": "1", "display_phone_number": "+1", "waba_id": "2", "first": first,
        }
    )  # fmt: skip
    return Situation(channel=channel, message_type=facts.pop("message_type", "text"), text=text, **facts)


@pytest.mark.parametrize(
    ("facts", "handler"),
    [
        ({}, Handler.TICKET),
        ({"has_ticket": True}, Handler.AGENT),
        ({"workflows": ("w",)}, Handler.WORKFLOW),
        ({"workflows": ("w",), "has_ticket": True, "owner": OwnerKind.AGENT}, Handler.AGENT),
        ({"workflows": ("w",), "instance_id": "i"}, Handler.INSTANCE),
        ({"instance_id": "i", "has_ticket": True, "owner": OwnerKind.AGENT}, Handler.AGENT),
        ({"workflows": ("w",), "has_ticket": True, "first": "agent"}, Handler.AGENT),
        ({"workflows": ("w",), "has_ticket": True, "first": "workflow"}, Handler.WORKFLOW),
        ({"message_type": "reaction", "workflows": ("w",)}, Handler.NOBODY),
        ({"message_type": "system"}, Handler.NOBODY),
    ],
)
def test_the_order_of_handlers(facts: dict[str, Any], handler: Handler) -> None:
    assert decided(**facts).handler is handler


@pytest.mark.parametrize("text", ["STOP", " stop! ", "Unsubscribe", "opt   out"])
def test_a_stop_word_alone_is_an_opt_out_that_the_platform_confirms(text: str) -> None:
    decision = decided(text)
    assert (decision, decision.confirms) == (Decision(Handler.NOBODY, Wish.OPT_OUT), True)


@pytest.mark.parametrize(
    "text",
    [
        "BAJA",
        "Sair.",
        "Arre\u0302t !",
        "ARRET",
        "Stopp",
        "berhenti",
        "СТОП",
        "إيقاف",
        "退订。",
        "停止",
        "수신거부",
        "หยุด",
        "बंद करें",
    ],
)
def test_an_opt_out_is_understood_in_several_languages(text: str) -> None:
    assert decided(text).wish is Wish.OPT_OUT


def test_a_number_has_words_of_its_own() -> None:
    own = situation().channel.model_copy(update={"opt_out_words": ("genug",)})
    assert (wish_of("Genug!", own), wish_of("stop", own)) == (Wish.OPT_OUT, None)


def test_a_stop_word_inside_a_sentence_is_just_a_message() -> None:
    assert decided("please stop sending the wrong size") == Decision(Handler.TICKET)


def test_an_opt_out_still_reaches_a_workflow_which_then_confirms_itself() -> None:
    decision = decided("stop", workflows=("w",))
    assert (decision.handler, decision.wish, decision.confirms) == (Handler.WORKFLOW, Wish.OPT_OUT, False)


@pytest.mark.parametrize(
    "facts", [{"instance_id": "i"}, {"has_ticket": True, "owner": OwnerKind.AGENT}, {"message_type": "reaction"}]
)
def test_nobody_asks_which_workflows_would_start_when_it_does_not_matter(facts: dict[str, Any]) -> None:
    decide(situation(**facts), lambda: pytest.fail("asked"))

"""What a message is for, and whether WhatsApp would take it as it is: asked before it is kept."""

from chalicelib.channels import templates
from chalicelib.channels.model import Channel
from chalicelib.cloud.table import Table
from chalicelib.problems import Conflict, FieldError, Invalid
from chalicelib.whatsapp.messages import Message
from chalicelib.whatsapp.templates.check import check_send
from chalicelib.whatsapp.templates.definition import Definition
from chalicelib.whatsapp.templates.render import render

_DEFINED = {"name", "language", "category", "components", "parameter_format", "status"}


def category_of(table: Table, channel: Channel, message: Message, field: str = "message") -> tuple[str, str]:
    """What a message is for, and how a template reads with its values. Raises Invalid, Conflict."""
    if message.type != "template":
        return "service", ""
    name, language = message.template.name, message.template.language.code
    try:
        record = templates.get(table, channel.waba_id, name, language)
    except templates.TemplateMissing as missing:
        raise Invalid("There is no such template in this language.", field=f"{field}.template") from missing
    if not record.sendable:
        raise Conflict(
            f"WhatsApp does not take this template now: it is {record.status.lower()}.", code="template_not_sendable"
        )
    definition = Definition.model_validate(record.model_dump(include=_DEFINED))
    wrong = [problem for problem in check_send(definition, message.template) if not problem.warning]
    if wrong:
        raise Invalid(
            "The values do not fit the template.",
            errors=[FieldError(f"{field}.template.{problem.path}", problem.message) for problem in wrong],
        )
    return record.category.lower(), render(definition, message.template).body or name

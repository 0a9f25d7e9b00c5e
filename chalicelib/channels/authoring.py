"""Writing templates: Meta's rules are asked before Meta is, samples are uploaded, and our record follows at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.channels import service, templates
from chalicelib.channels.model import Channel
from chalicelib.channels.templates import TemplateRecord
from chalicelib.media import service as files
from chalicelib.media.model import Media, file_key, is_ours
from chalicelib.media.problems import MediaNotReady, MediaUnknown
from chalicelib.problems import Conflict, FieldError, Invalid, Unavailable
from chalicelib.whatsapp.client import CallRefused, Client, GraphError
from chalicelib.whatsapp.templates.definition import Definition
from chalicelib.whatsapp.templates.problem import Problem
from chalicelib.whatsapp.templates.rules import problems_of
from chalicelib.wiring import World

_MEDIA = ("IMAGE", "VIDEO", "GIF", "DOCUMENT")
_SAMPLED = {"image": {"IMAGE"}, "video": {"VIDEO", "GIF"}, "document": {"DOCUMENT"}}
_RENAMED = {
    "message_send_ttl_seconds": "messageSendTtlSeconds",
    "parameter_format": "parameterFormat",
    "allow_category_change": "allowCategoryChange",
}


class TemplateExists(Conflict):
    """The account has a template of this name in this language."""

    def __init__(self, name: str, language: str) -> None:
        super().__init__(f"There is already a template {name} in {language}.")
        self.name, self.language = name, language


def check(definition: dict[str, Any]) -> list[Problem]:
    """Everything that Meta would refuse of a template, and what it might; nothing is asked of Meta."""
    return [Problem(_path(each.path), each.message, warning=each.warning) for each in problems_of(definition)]


def create(world: World, channel: Channel, definition: dict[str, Any]) -> tuple[TemplateRecord, list[Problem]]:
    """Submits a template for review; answers our record and what Meta may not like. Raises Invalid, TemplateExists.

    A sample in `header_handle` may be the id of a file of ours. Nothing is submitted while anything is wrong.
    """
    warnings = _require_fit(definition)
    _require_new(world, channel, definition["name"], definition["language"])
    client = service.client_of(world, channel.waba_id)
    ready = _with_samples(world, channel, client, definition)
    try:
        made = client.create_template(channel.waba_id, Definition.model_validate(ready).to_create())
    except CallRefused as refused:
        raise _refused(refused) from refused
    except GraphError as failed:
        raise Unavailable(
            f"Meta did not answer; the next sync shows whether the template is there: {failed}"
        ) from failed
    record = templates.written(
        world.table, channel.waba_id, made, ready, _own_samples(definition["components"]), world.clock()
    )
    return record, warnings


def duplicate(
    world: World, channel: Channel, original: TemplateRecord, name: str, language: str, samples: list[str]
) -> tuple[TemplateRecord, list[Problem]]:
    """Submits a copy under another name or language, with the samples of the original when they are files of ours.

    Meta does not give samples back: of a template that was made elsewhere each media header needs a file.
    """
    components: list[Any] = list(_copy(original.components))
    places = list(_media_headers(components, "components"))
    samples = samples or list(original.samples)
    if len(samples) != len(places):
        text = f"The template has {len(places)} media headers: give as many files as samples, in their order."
        raise Invalid(text, field="sampleMediaIds")
    for (_, header), media_id in zip(places, samples, strict=True):
        header["example"] = {"header_handle": [media_id]}
    definition: dict[str, Any] = {
        "name": name,
        "language": language,
        "category": original.category,
        "components": components,
        "parameter_format": original.parameter_format,
    }
    if original.message_send_ttl_seconds is not None:
        definition["message_send_ttl_seconds"] = original.message_send_ttl_seconds
    return create(world, channel, definition)


def change(
    world: World, channel: Channel, original: TemplateRecord, wanted: Mapping[str, Any]
) -> tuple[TemplateRecord, list[Problem]]:
    """Changes components, category or life time of a template; Meta reviews it again. Raises Invalid."""
    definition = {
        "name": original.name,
        "language": original.language,
        "category": original.category,
        "components": original.components,
        "parameter_format": original.parameter_format,
        "message_send_ttl_seconds": original.message_send_ttl_seconds,
        **wanted,
    }
    kept = {name: value for name, value in definition.items() if value is not None}
    warnings = _require_fit(kept) if "components" in wanted else _require_frame(kept)
    client = service.client_of(world, channel.waba_id)
    ready = _with_samples(world, channel, client, kept) if "components" in wanted else kept
    try:
        client.edit_template(original.id, {name: ready[name] for name in wanted})
    except CallRefused as refused:
        raise _refused(refused) from refused
    except GraphError as failed:
        raise Unavailable(f"Meta did not answer; sync the templates to see whether it changed: {failed}") from failed
    values: dict[str, Any] = {name: ready[name] for name in wanted}
    if "components" in wanted:
        values["samples"] = list(_own_samples(kept["components"]))
    return templates.changed(world.table, original, values, world.clock()), warnings


def delete(world: World, channel: Channel, record: TemplateRecord) -> None:
    """Deletes one language of a template at Meta, then here; harmless when repeated. Meta keeps the name locked for 30 days."""
    client = service.client_of(world, channel.waba_id)
    try:
        client.delete_template(channel.waba_id, record.name, template_id=record.id)
    except CallRefused as refused:
        if refused.error.code != 100:  # it is gone already
            raise _refused(refused) from refused
    except GraphError as failed:
        raise Unavailable(f"Meta did not answer: {failed}") from failed
    templates.forget(world.table, record)


def _require_fit(definition: dict[str, Any]) -> list[Problem]:
    """Raises Invalid with the path of everything that Meta would refuse; answers what it might."""
    found = problems_of(definition)
    wrong = [problem for problem in found if not problem.warning]
    if wrong:
        raise Invalid(
            f"{_path(wrong[0].path)}: {wrong[0].message}",
            errors=[FieldError(_path(problem.path), problem.message) for problem in wrong],
            code="template_invalid",
        )
    return [Problem(_path(problem.path), problem.message, warning=True) for problem in found]


def _require_frame(definition: dict[str, Any]) -> list[Problem]:
    """As `_require_fit`, for a change that leaves the components as Meta gave them back: without the samples it keeps."""
    wrong = [each for each in problems_of(definition) if not each.warning and not each.path.startswith("components")]
    if wrong:
        raise Invalid(
            f"{_path(wrong[0].path)}: {wrong[0].message}",
            errors=[FieldError(_path(problem.path), problem.message) for problem in wrong],
            code="template_invalid",
        )
    return []


def _path(path: str) -> str:
    head, dot, rest = path.partition(".")
    return _RENAMED.get(head, head) + dot + rest


def _require_new(world: World, channel: Channel, name: str, language: str) -> None:
    try:
        templates.get(world.table, channel.waba_id, name, language)
    except templates.TemplateMissing:
        return
    raise TemplateExists(name, language)


def _with_samples(world: World, channel: Channel, client: Client, definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with Meta's handles where it names files of ours. Every file is looked at before one is uploaded."""
    components = _copy(definition["components"])
    wanted = []
    for path, header in _media_headers(components, "components"):
        for index, media_id in enumerate(header.get("example", {}).get("header_handle", [])):
            if is_ours(media_id):
                where = f"{path}.example.header_handle.{index}"
                wanted.append((header, index, _sample(world, media_id, header["format"].upper(), where)))
    for header, index, media in wanted:
        header["example"]["header_handle"][index] = _uploaded(world, channel, client, media)
    return {**definition, "components": components}


def _own_samples(components: list[Any]) -> tuple[str, ...]:
    """The files of ours that media headers name, if all of them do: what a copy can be submitted with."""
    handles = [header.get("example", {}).get("header_handle", [""]) for _, header in _media_headers(components, "")]
    found = tuple(str(each[0]) for each in handles if each and is_ours(each[0]))
    return found if len(found) == len(handles) else ()


def _sample(world: World, media_id: str, form: str, where: str) -> Media:
    try:
        media = files.ready(world, media_id)
    except (MediaUnknown, MediaNotReady) as problem:
        raise Invalid(problem.message, field=where) from problem
    if form not in _SAMPLED.get(media.kind or "", set()):
        raise Invalid(f"A header with {form} needs another kind of file than {media.kind}.", field=where)
    return media


def _uploaded(world: World, channel: Channel, client: Client, media: Media) -> str:
    try:
        upload = client.start_upload(
            service.app_id(world, channel, client), filename=media.name, size=media.size, mime_type=media.mime_type
        )
        with world.media.open(file_key(media.id)) as body:
            return client.upload_part(upload, body, size=media.size)
    except CallRefused as refused:
        raise _refused(refused) from refused
    except GraphError as failed:
        raise Unavailable(f"The sample could not be sent to Meta: {failed}") from failed


def _media_headers(components: list[Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and value of every header with a file, those of cards too."""
    for index, component in enumerate(components):
        if not isinstance(component, dict):
            continue
        kind = str(component.get("type", "")).upper()
        if kind == "HEADER" and str(component.get("format", "")).upper() in _MEDIA:
            yield f"{path}.{index}", component
        for number, card in enumerate(component.get("cards", []) if kind == "CAROUSEL" else []):
            yield from _media_headers(card["components"], f"{path}.{index}.cards.{number}.components")


def _copy(value: Any) -> Any:
    match value:
        case dict():
            return {name: _copy(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_copy(inner) for inner in value]
        case _:
            return value


def _refused(refused: CallRefused) -> Invalid:
    words = refused.error.details or refused.error.message or refused.error.rule.meaning
    return Invalid(f"Meta refused the template: {words}", code="template_refused", field="components")

"""Routes about a template that campaigns and workflows have a say in."""

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.permissions import Permission
from chalicelib.automation import template_use
from chalicelib.automation.template_use import TemplatePerformance, TemplateUsage
from chalicelib.channels import service
from chalicelib.http.endpoint import endpoint
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
_TEMPLATE = "/api/v1/channels/{channelId}/templates/{name}/{language}"


class DeleteQuery(Shape):
    """Whether to look who uses it."""

    force: bool = Field(default=False, description="Delete it even while campaigns or workflows use it.")


@endpoint(bp, "GET", f"{_TEMPLATE}/usage", permission=Permission.TEMPLATES_READ, tag="Templates")
def get_template_usage(channel_id: str, name: str, language: str, world: World) -> TemplateUsage:
    """Lists the campaigns and workflows that use a template."""
    return template_use.usage(world, service.find(world, channel_id), name, language)


@endpoint(bp, "GET", f"{_TEMPLATE}/performance", permission=Permission.TEMPLATES_READ, tag="Templates")
def get_template_performance(channel_id: str, name: str, language: str, world: World) -> TemplatePerformance:
    """Adds up what became of the messages of a template, whoever sent them."""
    return template_use.performance(world, service.find(world, channel_id), name, language)


@endpoint(bp, "DELETE", _TEMPLATE, permission=Permission.TEMPLATES_WRITE, tag="Templates")
def delete_template(channel_id: str, name: str, language: str, query: DeleteQuery, world: World) -> None:
    """Deletes a template in one language at Meta, which keeps the name locked for 30 days."""
    template_use.delete(world, service.find(world, channel_id), name, language, force=query.force)

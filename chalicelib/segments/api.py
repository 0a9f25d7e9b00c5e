"""Routes of segments."""

from datetime import datetime

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.access.model import CurrentUser
from chalicelib.access.permissions import Permission
from chalicelib.cloud import keys
from chalicelib.contacts.views import ContactView, contact_views
from chalicelib.http.endpoint import endpoint
from chalicelib.http.paging import Page, PageQuery
from chalicelib.problems import Invalid, NotFound, TooMany
from chalicelib.segments import finding, store
from chalicelib.segments.model import Filter, Segment
from chalicelib.shape import Shape
from chalicelib.wiring import World

bp = Blueprint(__name__)
MOST = 200
_READ, _WRITE = Permission.CONTACTS_READ, Permission.CONTACTS_WRITE


class SegmentDraft(Shape):
    """A segment to keep."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
    filter: Filter


class SegmentView(Shape):
    """A segment."""

    id: str
    name: str
    filter: Filter
    sentence: str = Field(description="What the filter says.")
    created_at: datetime

    @classmethod
    def of(cls, segment: Segment) -> "SegmentView":
        """Of what is stored."""
        return cls(
            id=segment.id,
            name=segment.name,
            filter=segment.filter,
            sentence=segment.filter.sentence(),
            created_at=segment.created_at,
        )


class SegmentCount(Shape):
    """How many fit a filter now."""

    count: int
    looked_at: int = Field(description="How many contacts were read for it.")
    complete: bool = Field(description="False: there are at least so many.")
    sentence: str


class SegmentUnknown(NotFound):
    """No such segment."""

    def __init__(self, segment_id: str) -> None:
        super().__init__(f"There is no segment {segment_id}.")
        self.segment_id = segment_id


@endpoint(bp, "GET", "/api/v1/segments", permission=_READ, tag="Segments")
def list_segments(world: World) -> Page[SegmentView]:
    """Lists the segments."""
    return Page[SegmentView](items=[SegmentView.of(each) for each in store.every(world.table)])


@endpoint(bp, "POST", "/api/v1/segments", permission=_WRITE, status=201, tag="Segments")
def create_segment(user: CurrentUser, body: SegmentDraft, world: World) -> SegmentView:
    """Keeps a filter under a name."""
    _require_campaign(world, user, body.filter)
    if len(store.every(world.table)) >= MOST:
        raise TooMany(f"An account has at most {MOST} segments.", code="too_many_segments")
    segment = Segment(
        id=world.new_id(), name=body.name, filter=body.filter, created_at=world.clock(), created_by=user.id
    )
    store.put(world.table, segment)
    return SegmentView.of(segment)


@endpoint(bp, "POST", "/api/v1/segment-counts", permission=_READ, tag="Segments")
def count_segment(body: Filter, user: CurrentUser, world: World) -> SegmentCount:
    """Counts who fits a filter, before it is kept or used."""
    _require_campaign(world, user, body)
    found = finding.count(world.table, world.ledger, body, world.clock())
    return SegmentCount(count=found.count, looked_at=found.looked_at, complete=found.complete, sentence=body.sentence())


@endpoint(bp, "GET", "/api/v1/segments/{segmentId}", permission=_READ, tag="Segments")
def get_segment(segment_id: str, world: World) -> SegmentView:
    """Reads one segment."""
    return SegmentView.of(_segment(world, segment_id))


@endpoint(bp, "PUT", "/api/v1/segments/{segmentId}", permission=_WRITE, tag="Segments")
def replace_segment(segment_id: str, body: SegmentDraft, user: CurrentUser, world: World) -> SegmentView:
    """Gives a segment another name or filter."""
    _require_campaign(world, user, body.filter)
    changed = _segment(world, segment_id).model_copy(update={"name": body.name, "filter": body.filter})
    store.put(world.table, changed)
    return SegmentView.of(changed)


@endpoint(bp, "DELETE", "/api/v1/segments/{segmentId}", permission=_WRITE, tag="Segments")
def delete_segment(segment_id: str, world: World) -> None:
    """Forgets a segment; nobody in it changes."""
    _segment(world, segment_id)
    store.delete(world.table, segment_id)


@endpoint(bp, "GET", "/api/v1/segments/{segmentId}/contacts", permission=_READ, omit_none=True, tag="Segments")
def list_segment_contacts(segment_id: str, query: PageQuery, world: World) -> Page[ContactView]:
    """Lists who fits now. A page may hold fewer than asked for, even none, and still have a next one."""
    wanted = _segment(world, segment_id).filter
    found = finding.page(world.table, world.ledger, wanted, world.clock(), token=query.next, limit=query.limit)
    return Page[ContactView](items=contact_views(world.table, found.contacts), next=found.next)


def _require_campaign(world: World, user: CurrentUser, wanted: Filter) -> None:
    """Raises Invalid for a campaign that is not there, or in a subaccount that is closed to the caller."""
    if wanted.campaign is None:
        return
    campaign = world.table.get(keys.campaign(wanted.campaign.campaign_id))
    if campaign is None or not user.may_enter(str(campaign["subaccount_id"])):
        raise Invalid("There is no such campaign.", field="campaign.campaignId")


def _segment(world: World, segment_id: str) -> Segment:
    found = store.find(world.table, segment_id)
    if found is None:
        raise SegmentUnknown(segment_id)
    return found

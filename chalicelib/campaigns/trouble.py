"""What can be wrong with a request about a campaign."""

from collections.abc import Iterable

from chalicelib.campaigns.model import State
from chalicelib.problems import Conflict, FieldError, Forbidden, Invalid, NotFound


class CampaignMissing(NotFound):
    """No campaign has this id."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__("There is no such campaign.")
        self.campaign_id = campaign_id


class CampaignChanged(Conflict):
    """Somebody else changed the campaign in between; nothing was written."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__("The campaign was changed meanwhile. Read it again and repeat.")
        self.campaign_id = campaign_id


class WrongState(Conflict):
    """This cannot be done with a campaign in its present state."""

    def __init__(self, campaign_id: str, state: State, what: str) -> None:
        super().__init__(f"A campaign that is {state.replace('_', ' ')} cannot be {what}.", code="campaign_state")
        self.campaign_id, self.state = campaign_id, state


class TooOld(Conflict):
    """What the run was to send is kept no longer."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__(
            "The messages of this campaign are kept no longer. Cancel it and launch a copy.", code="campaign_too_old"
        )
        self.campaign_id = campaign_id


class NotReady(Invalid):
    """Something is missing or wrong before the campaign can be sent; each with the field it belongs to."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        found = list(errors)
        super().__init__(
            f"The campaign cannot be sent yet: {found[0].message}", code="campaign_not_ready", errors=found
        )


class FileLost(Invalid):
    """A file that everybody was to get cannot be had any more."""

    def __init__(self, address: str, problem: str) -> None:
        super().__init__(f"The file at {address} cannot be sent: {problem.rstrip('.')}.", code="file_lost")
        self.address = address


class BadFile(Invalid):
    """The recipients file cannot be read."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(f"{text[:1].upper()}{text[1:]}.", field="file", code=code)


class NoSuchTemplate(Invalid):
    """The template is not known on this number's account, or not approved."""

    def __init__(self, name: str, language: str, status: str = "") -> None:
        why = f"is {status.lower()} and cannot be sent" if status else "does not exist on this number's account"
        super().__init__(f"The template {name} ({language}) {why}.", field="name", code="template_unusable")


class OwnApproval(Forbidden):
    """Who launched a campaign cannot approve it."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__("A campaign is approved by somebody else than who launched it.")
        self.campaign_id = campaign_id


class NothingToRetry(Conflict):
    """No recipient of the last run failed for a reason that may pass."""

    def __init__(self, campaign_id: str) -> None:
        super().__init__("No recipient failed for a reason that may pass. There is nothing to try again.")
        self.campaign_id = campaign_id


class RowMissing(NotFound):
    """The campaign has no such recipient."""

    def __init__(self, row: int) -> None:
        super().__init__(f"There is no recipient in row {row}.")
        self.row = row

"""Meta's Cloud API: all calls of one access token. Each noun has its file in `calls/`."""

from chalicelib.whatsapp.calls.accounts import AccountCalls
from chalicelib.whatsapp.calls.media import Downloaded, MediaCalls, MediaDamaged, MediaTooLarge
from chalicelib.whatsapp.calls.messages import MessageCalls, ProductPolicy
from chalicelib.whatsapp.calls.templates import TemplateCalls
from chalicelib.whatsapp.calls.uploads import UploadCalls
from chalicelib.whatsapp.graph import CallFailed, CallRefused, Endpoint, GraphError

__all__ = [
    "CallFailed",
    "CallRefused",
    "Client",
    "Downloaded",
    "Endpoint",
    "GraphError",
    "MediaDamaged",
    "MediaTooLarge",
    "ProductPolicy",
]


class Client(MessageCalls, MediaCalls, UploadCalls, TemplateCalls, AccountCalls):
    """A send returns an Outcome; every other call returns its result or raises a GraphError. Nothing is retried."""

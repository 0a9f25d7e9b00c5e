"""A client generated from 8x8's published document works with us unchanged."""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.wiring import World
from tests.integration.contacts.test_batches_api import drain
from tests.support.api import Caller
from tests.support.generated import Transport, generate

PUBLISHED = Path("../shared/openapi/contacts_api.json").resolve()
ACCOUNT = "parley"

pytestmark = pytest.mark.skipif(not PUBLISHED.exists(), reason="the published document is not at hand")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("generated")
    generate(PUBLISHED, folder, "contacts_client")
    sys.path.insert(0, str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))


@pytest.fixture
def call(generated: Any, api: Caller) -> Any:
    """call("contacts_api.create_contact", …): the generated function, with its client."""
    made = generated("contacts_client.client").AuthenticatedClient
    token = api.headers["Authorization"].removeprefix("Bearer ")
    client = made(base_url="http://parley.test", token=token, httpx_args={"transport": Transport(api)})

    def calling(name: str, /, *path: Any, **arguments: Any) -> Any:
        answer = generated(f"contacts_client.api.{name}").sync_detailed(ACCOUNT, *path, client=client, **arguments)
        return answer.status_code.value, answer.parsed

    return calling


@pytest.fixture
def models(generated: Any) -> Any:
    return generated("contacts_client.models")


def _contact(models: Any, msisdn: str, **fields: Any) -> Any:
    return models.CreateContact.from_dict({"addresses": {"msisdn": msisdn}, **fields})


def test_contacts_are_made_merged_found_changed_and_deleted(call: Any, models: Any) -> None:
    status, made = call("contacts_api.create_contact", body=_contact(models, "6591234567", firstName="Mei"))
    assert (status, made.first_name, made.addresses.msisdn) == (201, "Mei", "6591234567")
    status, merged = call("contacts_api.create_contact", body=_contact(models, "+6591234567", lastName="Lim"))
    assert (status, merged.id, merged.last_name) == (200, made.id, "Lim")
    contact_id = str(int(made.id))
    status, found = call("contacts_api.contact_search", query="lim", limit=5)
    assert (status, [int(each.id) for each in found.items], found.total_filtered) == (200, [int(made.id)], 1)
    step = models.UpdateOperation.from_dict({"op": "replace", "path": "/firstName", "value": "May"})
    status, changed = call("contacts_api.update_contact", contact_id, body=[step])
    assert (status, changed.first_name) == (200, "May")
    status, read = call("contacts_api.get_contact_by_id", contact_id)
    assert (status, read) == (200, changed)
    assert call("contacts_api.delete_single_contact", contact_id)[0] == 204
    assert call("contacts_api.get_contact_by_id", contact_id)[0] == 404


def test_errors_are_understood(call: Any, models: Any) -> None:
    status, problem = call("contacts_api.create_contact", body=_contact(models, "12"))
    assert (status, bool(problem.message), bool(problem.error_id)) == (400, True, True)
    call("groups_api.create_group", body=models.CreateGroup(name="VIP"))
    assert call("groups_api.create_group", body=models.CreateGroup(name="VIP"))[0] == 409


def test_groups_take_and_leave_members(call: Any, models: Any) -> None:
    status, group = call("groups_api.create_group", body=models.CreateGroup(name="VIP", description="The best"))
    assert (status, group.name, group.is_blacklist) == (201, "VIP", False)
    _, one = call("contacts_api.create_contact", body=_contact(models, "6591234567"))
    group_id, members = int(group.id), models.ContactIdList(contacts=[int(one.id)])
    status, now = call("groups_api.add_contacts_to_group", group_id, body=members)
    assert (status, now.contacts) == (201, 1)
    status, now = call("groups_api.delete_contacts_from_group", group_id, body=members)
    assert (status, now.contacts) == (200, 0)
    step = models.UpdateOperation.from_dict({"op": "replace", "path": "/isblacklist", "value": "true"})
    status, now = call("groups_api.update_group", str(group_id), body=[step])
    assert (status, now.is_blacklist) == (200, True)
    status, found = call("groups_api.search_groups", name="v")
    assert (status, [each.name for each in found.items]) == (200, ["VIP"])
    # The document gives the 204 a body, which HTTP forbids: its client looks for one, whoever the server is.
    with pytest.raises(json.JSONDecodeError):
        call("groups_api.delete_group", str(group_id))
    assert call("groups_api.get_group_by_id", str(group_id))[0] == 404


def test_jobs_are_started_and_followed(call: Any, models: Any, world: World) -> None:
    for number in range(2):
        call("contacts_api.create_contact", body=_contact(models, f"659123456{number}"))
    status, job = call("batch_api.batch_delete_contacts", body=models.BatchDeleteContacts(all_=True))
    assert (status, job.status.value, job.type_.value) == (202, "queued", "deleteContacts")
    drain(world)
    status, ended = call("batch_api.get_batch_by_id", job.id)
    assert (status, ended.status.value) == (200, "completed")
    status, listed = call("batch_api.get_batch_job_list")
    assert (status, len(listed.items)) == (200, 1)
    assert call("contacts_api.blacklist_msisdn", "6591234567", body="asked for it")[0] == 200


def test_groups_are_copied_moved_and_deleted_by_jobs(call: Any, models: Any, world: World) -> None:
    _, one = call("contacts_api.create_contact", body=_contact(models, "6591234567"))
    first, second, third = (
        int(call("groups_api.create_group", body=models.CreateGroup(name=name))[1].id) for name in ("A", "B", "C")
    )
    call("groups_api.add_contacts_to_group", first, body=models.ContactIdList(contacts=[int(one.id)]))
    for name, source, target in (("copy", first, second), ("move", second, third)):
        status, job = call(f"batch_api.batch_{name}_contacts", from_=source, to=target)
        assert (status, job.type_.value) == (202, f"{name}Contacts")
        drain(world)
    members = {each: call("groups_api.get_group_by_id", str(each))[1].contacts for each in (first, second, third)}
    assert members == {first: 1, second: 0, third: 1}
    status, job = call(
        "batch_api.batch_delete_groups", body=models.BatchDeleteGroups(ids=[first, third], delete_contacts=True)
    )
    assert (status, job.type_.value) == (202, "deleteGroups")
    drain(world)
    assert call("contacts_api.get_contact_by_id", str(int(one.id)))[0] == 404
    assert [each.name for each in call("groups_api.search_groups")[1].items] == ["B"]


def test_a_file_that_the_documents_client_writes_as_json_is_refused_in_words_it_understands(
    call: Any, models: Any
) -> None:
    """The document calls the file an object: its generated client sends JSON where a file belongs, whoever the server is."""
    body = models.BatchUploadContacts(file=models.BatchUploadContactsFile(), file_has_header=True)
    status, problem = call("batch_api.batch_upload_contacts", body=body)
    assert (status, bool(problem.message), bool(problem.error_id)) == (400, True, True)

"""One person is one contact, whatever WhatsApp tells about them and in whatever order."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.contacts import consent, identity
from chalicelib.contacts.model import ConsentCategory, Contact, Identities, has_opted_out
from chalicelib.wiring import World

PHONE, BSUID = "+6591234567", "SG.1349120865530274"


def resolve(world: World, **who: str) -> Contact:
    return identity.resolve(world.table, Identities(**who), now=world.clock(), new_id=world.new_id)


def test_the_same_phone_is_the_same_contact(world: World) -> None:
    assert resolve(world, phone=PHONE).id == resolve(world, phone=PHONE).id


def test_a_bsuid_joins_the_contact_known_by_phone(world: World) -> None:
    by_phone = resolve(world, phone=PHONE)
    both = resolve(world, phone=PHONE, bsuid=BSUID)
    assert resolve(world, bsuid=BSUID).id == by_phone.id
    assert (both.phone, both.bsuid) == (PHONE, BSUID)


def test_two_contacts_that_turn_out_to_be_one_person_are_merged(world: World) -> None:
    by_phone, by_bsuid = resolve(world, phone=PHONE), resolve(world, bsuid=BSUID)
    consent.record(
        world.table, by_phone, ConsentCategory.MARKETING,
        allowed=False, subaccount_id=None, source="api", text="", at=world.clock(), entry_id="e1",
    )  # fmt: skip
    merged = resolve(world, phone=PHONE, bsuid=BSUID)
    left = identity.get(world.table, by_phone.id)
    assert left is not None
    assert (merged.id, left.merged_into) == (by_bsuid.id, by_bsuid.id)
    assert resolve(world, phone=PHONE).id == by_bsuid.id
    assert identity.opted_out(world.table, Identities(bsuid=BSUID)) == {"marketing"}


@pytest.mark.parametrize(
    ("first", "second"),
    [("+551187654321", "+5511987654321"), ("+5215512345678", "+525512345678"), ("+5491123456789", "+541123456789")],
)
def test_variants_of_a_number_are_one_contact(world: World, first: str, second: str) -> None:
    assert resolve(world, phone=first).id == resolve(world, phone=second).id


def test_ten_workers_at_once_make_one_contact(world: World) -> None:
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: resolve(world, phone=PHONE, bsuid=BSUID).id, range(10)))
    assert len(set(found)) == 1


def test_an_opt_out_is_in_force_for_every_identity_and_counts_once(world: World) -> None:
    person = resolve(world, phone=PHONE, bsuid=BSUID)

    def stop() -> bool:
        return consent.record(
            world.table, person, ConsentCategory.MARKETING,
            allowed=False, subaccount_id="acme", source="keyword", text="STOP", at=world.clock(), entry_id="wamid.1",
        )  # fmt: skip

    assert (stop(), stop()) == (True, False)
    for who in (Identities(phone=PHONE), Identities(bsuid=BSUID)):
        marks = identity.opted_out(world.table, who)
        assert has_opted_out(marks, marketing=True, subaccount_id="acme")
        assert not has_opted_out(marks, marketing=True, subaccount_id="other")
        assert not has_opted_out(marks, marketing=False, subaccount_id="acme")


def test_a_resume_lifts_only_its_own_opt_out(world: World) -> None:
    person = resolve(world, phone=PHONE)
    for entry, category, allowed in (
        ("1", ConsentCategory.MARKETING, False),
        ("2", ConsentCategory.ALL, False),
        ("3", ConsentCategory.MARKETING, True),
    ):
        consent.record(
            world.table, person, category,
            allowed=allowed, subaccount_id=None, source="api", text="", at=world.clock(), entry_id=entry,
        )  # fmt: skip
    assert identity.opted_out(world.table, Identities(phone=PHONE)) == {"all"}

"""The table of roles."""

from chalicelib.access.permissions import GRANTS, Permission, Role, permissions_of


def test_each_role_has_all_that_the_one_below_it_has() -> None:
    assert GRANTS[Role.AGENT] < GRANTS[Role.SUPERVISOR] < GRANTS[Role.ADMINISTRATOR]


def test_an_administrator_has_every_permission() -> None:
    assert GRANTS[Role.ADMINISTRATOR] == frozenset(Permission)


def test_only_an_administrator_decides_who_may_do_what() -> None:
    deciding = {Permission.USERS_WRITE, Permission.API_KEYS_WRITE, Permission.SETTINGS_WRITE, Permission.AUDIT_READ}
    assert not deciding & GRANTS[Role.SUPERVISOR]


def test_one_person_may_have_more_than_the_role() -> None:
    extra = frozenset({Permission.CAMPAIGNS_APPROVE})
    assert permissions_of(Role.AGENT, extra) == GRANTS[Role.AGENT] | extra

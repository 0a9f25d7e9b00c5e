"""Invites the first administrator of a stage on AWS: `python -m infra.first_administrator --stage prod --email … --name …`.

Everybody after that is invited in the portal. Runs the product's own use case with the environment of the deployed api function.
"""

import argparse
import os
import sys

import boto3

from infra.package import STAGES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True)
    given = parser.parse_args()
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"parley-{given.stage}-api")
    os.environ.update(function["Environment"]["Variables"])
    print(invite(given.email, given.name))


def invite(email: str, name: str) -> str:
    """What happened, in a sentence. Only for a stage without an administrator: afterwards the portal's rules hold."""
    from chalicelib.access import store, users
    from chalicelib.access.model import CurrentUser, UserDraft
    from chalicelib.access.permissions import Permission, Role
    from chalicelib.wiring import world

    if any(user.role is Role.ADMINISTRATOR for user in store.users(world().table)):
        sys.exit("This stage has an administrator already, who can invite others in the portal.")
    operator = CurrentUser(
        id="operator", kind="machine", name="Operator", role=Role.ADMINISTRATOR, permissions=frozenset(Permission)
    )
    user = users.invite(world(), operator, UserDraft(email=email, name=name, role=Role.ADMINISTRATOR))
    return f"{user.email} is invited: Cognito mails a temporary password."


if __name__ == "__main__":
    main()

"""Cognito's user pool: who can prove who they are. Names, roles and rights are ours (store.py)."""

from typing import Any

from botocore.exceptions import ClientError

from chalicelib.access.model import CredentialRefused, EmailTaken
from chalicelib.dataclass import dataclass
from chalicelib.problems import Invalid, TooMany


@dataclass(frozen=True)
class Tokens:
    """What a person holds after signing in. `refresh` is None when only the access token was renewed."""

    access: str
    refresh: str | None
    seconds: int


@dataclass(frozen=True)
class NewPasswordNeeded:
    """The person signed in with a temporary password and must choose their own; `session` continues the sign-in."""

    session: str


class WrongPassword(CredentialRefused):
    """The address or the password is wrong; which of the two is nobody's business."""

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is wrong.")


class WrongCode(CredentialRefused):
    """The code is wrong or has ended, or the address is nobody's; which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__("This code is wrong or has ended. Ask for a new one.")


class WeakPassword(Invalid):
    """Cognito does not take this password."""


@dataclass(frozen=True)
class Directory:
    """One user pool and the app client of the portal. `client` is boto3's cognito-idp client."""

    client: Any
    pool_id: str
    client_id: str

    def invite(self, email: str, *, password: str | None = None) -> str:
        """Adds a person and answers their id. Raises EmailTaken.

        Cognito mails a temporary password, unless one is given to keep.
        """
        request: dict[str, Any] = {
            "UserPoolId": self.pool_id,
            "Username": email,
            "UserAttributes": [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        }
        request |= {"MessageAction": "SUPPRESS"} if password else {"DesiredDeliveryMediums": ["EMAIL"]}
        try:
            made = self.client.admin_create_user(**request)["User"]
        except ClientError as error:
            if _code(error) == "UsernameExistsException":
                raise EmailTaken from error
            if _code(error) == "InvalidParameterException":
                raise Invalid("This is not an e-mail address that can be invited.", field="email") from error
            raise
        if password:
            self.client.admin_set_user_password(
                UserPoolId=self.pool_id, Username=email, Password=password, Permanent=True
            )
        return next(str(a["Value"]) for a in made["Attributes"] if a["Name"] == "sub")

    def find(self, email: str) -> str | None:
        """The id of the person with this address, or None."""
        try:
            found = self.client.admin_get_user(UserPoolId=self.pool_id, Username=email)
        except ClientError as error:
            if _code(error) == "UserNotFoundException":
                return None
            raise
        return next((str(a["Value"]) for a in found["UserAttributes"] if a["Name"] == "sub"), None)

    def remind(self, email: str) -> None:
        """Mails the invitation again, with a new temporary password."""
        self.client.admin_create_user(
            UserPoolId=self.pool_id, Username=email, MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
        )

    def disable(self, email: str) -> None:
        """No new sign-in, and no renewal of a token."""
        self.client.admin_disable_user(UserPoolId=self.pool_id, Username=email)
        self.client.admin_user_global_sign_out(UserPoolId=self.pool_id, Username=email)

    def enable(self, email: str) -> None:
        """Sign-in works again."""
        self.client.admin_enable_user(UserPoolId=self.pool_id, Username=email)

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordNeeded:
        """Raises WrongPassword, TooMany."""
        return self._begin("USER_PASSWORD_AUTH", {"USERNAME": email, "PASSWORD": password})

    def renew(self, refresh_token: str) -> Tokens:
        """A new access token. Raises CredentialRefused."""
        try:
            answer = self._begin("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token})
        except WrongPassword as error:
            raise CredentialRefused("You were signed out. Sign in again.") from error
        if isinstance(answer, NewPasswordNeeded):
            raise CredentialRefused("You were signed out. Sign in again.")
        return answer

    def choose_password(self, email: str, session: str, password: str) -> Tokens:
        """Ends a first sign-in with the person's own password. Raises WeakPassword, CredentialRefused."""
        try:
            answer = self.client.respond_to_auth_challenge(
                ClientId=self.client_id,
                ChallengeName="NEW_PASSWORD_REQUIRED",
                Session=session,
                ChallengeResponses={"USERNAME": email, "NEW_PASSWORD": password},
            )
        except ClientError as error:
            raise _refusal(error) from error
        return _tokens(answer)

    def sign_out(self, refresh_token: str) -> None:
        """Ends the refresh token; one that has ended is fine."""
        try:
            self.client.revoke_token(Token=refresh_token, ClientId=self.client_id)
        except ClientError as error:
            if _code(error) not in {
                "InvalidParameterException",
                "NotAuthorizedException",
                "UnsupportedTokenTypeException",
            }:
                raise

    def send_reset_code(self, email: str) -> None:
        """Mails a code to choose a new password with. Says nothing about whether the address is known."""
        try:
            self.client.forgot_password(ClientId=self.client_id, Username=email)
        except ClientError as error:
            if _code(error) not in {"UserNotFoundException", "NotAuthorizedException", "InvalidParameterException"}:
                raise _refusal(error) from error

    def reset_password(self, email: str, code: str, password: str) -> None:
        """Sets a new password with the mailed code. Raises WeakPassword, CredentialRefused."""
        try:
            self.client.confirm_forgot_password(
                ClientId=self.client_id, Username=email, ConfirmationCode=code, Password=password
            )
        except ClientError as error:
            refusal = _refusal(error)
            raise (WrongCode() if isinstance(refusal, WrongPassword) else refusal) from error

    def _begin(self, flow: str, parameters: dict[str, str]) -> Tokens | NewPasswordNeeded:
        try:
            answer = self.client.initiate_auth(ClientId=self.client_id, AuthFlow=flow, AuthParameters=parameters)
        except ClientError as error:
            raise _refusal(error) from error
        if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            return NewPasswordNeeded(str(answer["Session"]))
        return _tokens(answer)


def _tokens(answer: Any) -> Tokens:
    result = answer.get("AuthenticationResult")
    if not result:
        raise CredentialRefused(f"This sign-in needs {answer.get('ChallengeName')}, which the portal does not offer.")
    return Tokens(str(result["AccessToken"]), result.get("RefreshToken"), int(result["ExpiresIn"]))


def _refusal(error: ClientError) -> Exception:
    match _code(error):
        case (
            "NotAuthorizedException"
            | "UserNotFoundException"
            | "UserNotConfirmedException"
            | "PasswordResetRequiredException"
        ):
            return WrongPassword()
        case "InvalidPasswordException":
            return WeakPassword(
                "Choose a longer password with upper and lower case letters, digits and signs.", field="password"
            )
        case "CodeMismatchException" | "ExpiredCodeException":
            return WrongCode()
        case "LimitExceededException" | "TooManyRequestsException" | "TooManyFailedAttemptsException":
            return TooMany("Too many attempts. Wait a few minutes.")
        case "InvalidParameterException":
            return WrongPassword()
        case _:
            return error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])

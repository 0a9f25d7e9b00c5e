"""The portal's security headers, read from the CloudFront policy that sets them on AWS: one truth for both places."""

from typing import Any
from urllib.parse import urlsplit

import yaml

from infra.package import RESOURCES

_POLICY = RESOURCES / "aws" / "portal.yaml"


def chat_headers() -> dict[str, str]:
    """The headers of the web chat's page, which stands in the frames of other sites."""
    policy = _policy("ChatHeaders")
    security = policy["SecurityHeadersConfig"]
    return {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        **_custom(policy),
    }


def security_headers(*, media: str, live: str) -> dict[str, str]:
    """The headers of every answer. `media`: where files are up- and downloaded; `live`: the WebSocket's address.

    Strict-Transport-Security is left out: browsers ignore it over plain HTTP."""
    policy = _policy("PortalHeaders")
    security = policy["SecurityHeadersConfig"]
    text: str = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"][0]
    live_origin = "{0.scheme}://{0.netloc}".format(urlsplit(live))
    return {
        "Content-Security-Policy": text.replace("${Media}", media).replace("${Live}", live_origin),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        **_custom(policy),
    }


def _policy(name: str) -> dict[str, Any]:
    part = yaml.safe_load(_POLICY.read_text())
    policy: dict[str, Any] = part["Resources"][name]["Properties"]["ResponseHeadersPolicyConfig"]
    return policy


def _custom(policy: dict[str, Any]) -> dict[str, str]:
    return {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}

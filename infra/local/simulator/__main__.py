"""`python -m infra.local.simulator --port 4004 --state-dir .local/whatsapp --webhook-url http://… …`"""

import argparse
import logging
from pathlib import Path

from aiohttp import web

from .config import Config
from .server import build, open_world


def main() -> None:
    args = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    world = open_world(args.state_dir)
    world.set_config(_configured(world.config, args))
    base_url = f"http://127.0.0.1:{args.port}"
    logging.getLogger("simulator").info("listening phone_page=%s/ graph_url=%s", base_url, base_url)
    web.run_app(build(world, base_url), host="127.0.0.1", port=args.port, print=None, shutdown_timeout=1.0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.simulator", description="A WhatsApp on this machine.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, required=True, help="where everything is kept; made when missing")
    parser.add_argument("--webhook-url", help="the app's callback URL; it is asked to verify itself until it does")
    parser.add_argument("--app-secret", help="signs the webhooks")
    parser.add_argument("--verify-token", help="what the handshake shows the callback URL")
    parser.add_argument("--access-token", action="append", help="a token that calls may bear; can be given often")
    parser.add_argument("--app-id", help="for resumable uploads and app subscriptions")
    parser.add_argument("--seed", type=int, help="who the customers are and how they behave")
    return parser.parse_args()


def _configured(config: Config, args: argparse.Namespace) -> Config:
    """What the command line says wins over what the state directory remembers."""
    given = {
        "webhook_url": args.webhook_url,
        "app_secret": args.app_secret,
        "verify_token": args.verify_token,
        "access_tokens": args.access_token,
        "app_id": args.app_id,
        "seed": args.seed,
    }
    return Config.model_validate(config.model_dump() | {k: v for k, v in given.items() if v is not None})


if __name__ == "__main__":
    main()

"""Auth's composition root: `python -m services.auth.app`."""

from functools import partial
from pathlib import Path

from litestar.di import Provide

from services.auth import event_handlers, routes
from services.auth.one_time_codes import OneTimeCodes
from services.auth.personal_data import held_in
from services.auth.repository import Counters, Identities, Ledgers, Sessions
from services.auth.service import AccountService, SignIn
from services.auth.sessions import SessionService
from services.auth.settings import AuthSettings
from services.auth.signing_keys import SigningKeys, ensure_key, keep_published, put_keys
from services.auth.tokens import RefreshTokens, TokenMint
from shared.clock import Clock, utc_now
from shared.http.asgi import App
from shared.http.server import serve
from shared.node import Node


def create_app(settings: AuthSettings, clock: Clock = utc_now) -> App:
    settings = settings.with_development_defaults()
    if not settings.is_production:
        ensure_key(Path(settings.signing_keys_dir))
    keys = SigningKeys(Path(settings.signing_keys_dir))
    node = Node("auth", settings)
    node.background(keep_published(node.broker, keys))
    node.broker.on_connect.append(partial(put_keys, node.broker, keys))

    kept_identities = node.collection("identities", Identities.INDEXES)
    kept_ledgers = node.collection("code_ledgers", Ledgers.INDEXES)
    kept_sessions = node.collection("sessions", Sessions.INDEXES)
    identities = Identities(kept_identities, node.collection("locks"))
    ledgers = Ledgers(kept_ledgers)
    counters = Counters(node.collection("counters", Counters.INDEXES))
    codes = OneTimeCodes(ledgers, identities, counters, node.outbox, settings=settings, clock=clock)
    mint = TokenMint(keys, issuer=settings.issuer, audience=settings.audience)
    sessions = SessionService(
        Sessions(kept_sessions),
        identities,
        node.outbox,
        mint,
        RefreshTokens(settings.auth_secret),
        clock,
    )
    superadmins = settings.superadmins()
    sign_in = SignIn(codes, identities, sessions, node.outbox, superadmins, clock)
    accounts = AccountService(identities, ledgers, sessions, node.outbox, node.audit, superadmins)

    node.subscribe(event_handlers.table(accounts))
    node.holds(held_in(identities, kept_identities, kept_sessions, kept_ledgers))
    return node.app(
        routes.HANDLERS,
        {
            "codes": codes,
            "sign_in": sign_in,
            "sessions": sessions,
            "accounts": accounts,
            "keys": keys,
            "settings": settings,
            "caller": Provide(routes.caller_of),
            "device": Provide(routes.device_of, sync_to_thread=False),
        },
        accounts.language_of,
    )


if __name__ == "__main__":
    serve("auth", AuthSettings, create_app)

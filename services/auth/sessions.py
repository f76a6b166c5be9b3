"""Sessions and the tokens that belong to them."""

import hmac
import os
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.auth.domain import Device, EndReason, Identity, Session, SessionPolicy
from services.auth.repository import Identities, Sessions
from services.auth.tokens import RefreshToken, RefreshTokens, TokenMint, hash_of
from shared.clock import Clock, timestamp
from shared.contracts.auth import SessionRevoked, UserSignedIn
from shared.errors import AuthenticationRequired, NotFound
from shared.ids import new_id
from shared.messaging import REVOCATIONS, Outbox, Transaction
from shared.roles import Role
from shared.tokens import ACCESS_TOKEN_LIFE, Principal

_ACCESS_LIFE = timedelta(seconds=ACCESS_TOKEN_LIFE)


class Tokens(msgspec.Struct, frozen=True):
    """Lives in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int


class SessionService:
    """Sessions and the tokens that belong to them."""

    def __init__(
        self,
        sessions: Sessions,
        identities: Identities,
        outbox: Outbox,
        mint: TokenMint,
        refresh_tokens: RefreshTokens,
        clock: Clock,
        policy: SessionPolicy = SessionPolicy(),
    ) -> None:
        self._sessions = sessions
        self._identities = identities
        self._outbox = outbox
        self._mint = mint
        self._refresh_tokens = refresh_tokens
        self._clock = clock
        self._policy = policy

    async def open(
        self, identity: Identity, device: Device, now: datetime, transaction: Transaction
    ) -> Session:
        session_id, salt = new_id(), os.urandom(16).hex()
        token = self._refresh_tokens.derive(session_id, 1, salt)
        session = Session(
            id=session_id,
            user_id=identity.id,
            salt=salt,
            generation=1,
            token_hash=hash_of(token),
            device=device,
            created_at=now,
            last_used_at=now,
            rotated_at=now,
            expires_at=now + self._policy.refresh_life,
            ends_at=now + self._policy.longest,
        )
        await self._sessions.insert(session, transaction.session)
        transaction.record(
            UserSignedIn(user_id=identity.id, session_id=session_id, signed_in_at=timestamp(now))
        )
        return session

    def tokens(self, session: Session, role: Role) -> Tokens:
        """The tokens of the session's newest generation; neither outlives the session."""
        now = self._clock()
        expires = min(now + _ACCESS_LIFE, session.ends_at)
        return Tokens(
            access_token=self._mint.access_token(session.user_id, session.id, role, now, expires),
            refresh_token=self._refresh_tokens.derive(session.id, session.generation, session.salt),
            expires_in=int((expires - now).total_seconds()),
            refresh_expires_in=int((session.expires_at - session.rotated_at).total_seconds()),
        )

    async def refresh(self, token: str, device: Device) -> Tokens:
        """New tokens for a refresh token. Any that is not the newest, or the one before within the
        grace, ends the session. Raises AuthenticationRequired."""
        parsed = self._refresh_tokens.parse(token)
        if parsed is None:
            raise AuthenticationRequired

        async def work(transaction: Transaction) -> Session | None:
            return await self._rotate(parsed, token, device, transaction)

        session = await self._outbox.commit(work)
        identity = await self._identities.find(session.user_id) if session else None
        if session is None or identity is None:
            raise AuthenticationRequired
        return self.tokens(session, identity.role)

    async def _rotate(
        self, parsed: RefreshToken, token: str, device: Device, transaction: Transaction
    ) -> Session | None:
        """The session as it is afterwards; None if `token` is refused. That is no exception here,
        because what a reused one does must be committed."""
        now = self._clock()
        session = await self._sessions.find(parsed.session_id, transaction.session)
        if session is None or not session.lives(now):
            return None
        if parsed.generation == session.generation:
            if not hmac.compare_digest(hash_of(token), session.token_hash):
                return None
            return await self._next_generation(session, device, now, transaction)
        if not self._refresh_tokens.is_ours(parsed, session.salt):
            return None
        if session.in_grace(parsed.generation, now, self._policy):
            return session
        await self.end_in(transaction, session.user_id, [session], "refresh_reuse")
        return None

    async def _next_generation(
        self, session: Session, device: Device, now: datetime, transaction: Transaction
    ) -> Session:
        successor = self._refresh_tokens.derive(session.id, session.generation + 1, session.salt)
        rotated = session.rotated(hash_of(successor), device, now, self._policy)
        await self._sessions.replace(rotated, transaction.session)
        return rotated

    async def living(self, user_id: str) -> list[Session]:
        return await self._sessions.living_of(user_id, self._clock())

    async def require_living(self, principal: Principal) -> None:
        """Raises AuthenticationRequired if the principal's session has ended."""
        session = await self._sessions.find(principal.session_id)
        if session is None or not session.lives(self._clock()):
            raise AuthenticationRequired

    async def log_out(
        self, principal: Principal, scope: Literal["all", "current", "others"]
    ) -> None:
        """Does nothing once one's own session has ended: what that asked for was done, and such a
        token has no say over others."""
        living = await self.living(principal.user_id)
        current = [session for session in living if session.id == principal.session_id]
        others = [session for session in living if session.id != principal.session_id]
        if not current:
            return
        chosen = {"all": living, "current": current, "others": others}[scope]
        await self.end(principal.user_id, chosen, "logout")

    async def end_one(self, user_id: str, session_id: str) -> None:
        """Raises NotFound, also for somebody else's."""
        session = await self._sessions.find(session_id)
        if session is None or session.user_id != user_id:
            raise NotFound
        await self.end(user_id, [session], "revoked")

    async def revoke(self, principal: Principal, token: str) -> None:
        """End the session of a refresh token of one's own. Raises NotFound for any other."""
        parsed = self._refresh_tokens.parse(token)
        session = await self._sessions.find(parsed.session_id) if parsed else None
        if parsed is None or session is None or session.user_id != principal.user_id:
            raise NotFound
        newest = hmac.compare_digest(hash_of(token), session.token_hash)
        if not newest and not self._refresh_tokens.is_ours(parsed, session.salt):
            raise NotFound
        await self.end(principal.user_id, [session], "revoked")

    async def end(self, user_id: str, sessions: list[Session], reason: EndReason) -> None:
        async def work(transaction: Transaction) -> None:
            await self.end_in(transaction, user_id, sessions, reason)

        if sessions:
            await self._outbox.commit(work)

    async def end_all_in(self, transaction: Transaction, user_id: str, reason: EndReason) -> None:
        sessions = await self._sessions.living_of(user_id, self._clock(), transaction.session)
        await self.end_in(transaction, user_id, sessions, reason)

    async def end_in(
        self, transaction: Transaction, user_id: str, sessions: list[Session], reason: EndReason
    ) -> None:
        """End sessions and make their access tokens worthless, at the gateway too."""
        now = self._clock()
        for session in sessions:
            if not await self._sessions.end(session.id, reason, now, transaction.session):
                continue
            transaction.put(
                REVOCATIONS.name, f"session.{session.id}", str(int(now.timestamp())).encode()
            )
            transaction.record(
                SessionRevoked(
                    user_id=user_id,
                    session_id=session.id,
                    reason=reason,
                    revoked_at=timestamp(now),
                )
            )

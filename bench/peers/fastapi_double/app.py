"""GET and PUT of the billing profile."""

import hashlib
import random
import secrets
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Annotated, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

from bench.peers.fastapi_double.database import Audit, Profile, Remembered
from bench.peers.fastapi_double.models import Attributes, BillingProfile

DAY = 24 * 3600
FORGET_ONE_IN = 1_000
AUDIENCE = "https://api.partnercenter.microsoft.com"
ISSUER = "https://double.example"


@dataclass(frozen=True)
class Caller:
    """Who a token speaks for."""

    tenant_id: str
    user: str


def make_app(reading: sessionmaker[Session], writing: sessionmaker[Session], key: RSAPublicKey) -> FastAPI:
    """The application. key: verifies the tokens."""
    app = FastAPI()
    bearer = HTTPBearer()
    # Writers queue here, not in SQLite's busy handler, which sleeps.
    one_writer = threading.Lock()

    def authenticated(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> Caller:
        try:
            claims = jwt.decode(
                credentials.credentials,
                key,
                algorithms=["RS256"],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "iat", "nbf", "tid", "upn", "scp", "amr"]},
            )
        except jwt.PyJWTError:
            raise HTTPException(401) from None
        if claims["scp"] != "user_impersonation" or "mfa" not in claims["amr"]:
            raise HTTPException(403)
        return Caller(claims["tid"], claims["upn"])

    @app.get("/v1/profiles/billing")
    def read(caller: Annotated[Caller, Depends(authenticated)], response: Response) -> BillingProfile:
        with reading() as session:
            stored = session.get(Profile, caller.tenant_id)
            if stored is None:
                raise HTTPException(404)
            response.headers["ETag"] = f'"{stored.etag}"'
            return answer_of(stored)

    @app.put("/v1/profiles/billing", response_model=None)
    def replace(
        sent: BillingProfile,
        caller: Annotated[Caller, Depends(authenticated)],
        ms_requestid: Annotated[uuid.UUID | None, Header(alias="MS-RequestId")] = None,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        with one_writer, writing.begin() as session:
            return update(session, caller, sent, ms_requestid, if_match)

    return app


def update(
    session: Session, caller: Caller, sent: BillingProfile, request_id: uuid.UUID | None, if_match: str | None
) -> Response:
    """The whole PUT, in one transaction."""
    fingerprint = hashlib.sha256(f"{if_match}\0{sent.model_dump_json()}".encode()).digest()
    now = time.time()
    remembered = recall(session, caller, request_id, now)
    if remembered is not None:
        if remembered.fingerprint != fingerprint:
            raise HTTPException(400, "MS-RequestId was used for another request")
        return json_response(remembered.body, remembered.etag)
    stored = session.get(Profile, caller.tenant_id)
    if stored is None:
        raise HTTPException(404)
    require_acceptable(stored, sent, if_match)
    old_etag, old = stored.etag, stored.document
    stored.etag, stored.version = secrets.token_urlsafe(24), stored.version + 1
    stored.document = sent.model_dump(by_alias=True, exclude={"attributes", "profile_type"})
    session.add(
        Audit(
            tenant_id=caller.tenant_id,
            user=caller.user,
            at=now,
            old_etag=old_etag,
            new_etag=stored.etag,
            old=masked(old),
            new=masked(stored.document),
        )
    )
    body = answer_of(stored).model_dump_json(by_alias=True, exclude_none=True).encode()
    if request_id is not None:
        forget_old(session, now)
        session.add(
            Remembered(
                tenant_id=caller.tenant_id,
                request_id=str(request_id),
                fingerprint=fingerprint,
                etag=stored.etag,
                body=body,
                at=now,
            )
        )
    return json_response(body, stored.etag)


def recall(session: Session, caller: Caller, request_id: uuid.UUID | None, now: float) -> Remembered | None:
    """The answer that this request id got before, if it is not too old."""
    found = None if request_id is None else session.get(Remembered, (caller.tenant_id, str(request_id)))
    return found if found is not None and found.at >= now - DAY else None


def require_acceptable(stored: Profile, sent: BillingProfile, if_match: str | None) -> None:
    """Refuse a change of another version than the one that stands, and of what is fixed."""
    if if_match not in (None, "*", f'"{stored.etag}"'):
        raise HTTPException(412)
    if sent.attributes.etag not in (None, stored.etag):
        raise HTTPException(400, "Etag is no longer valid")
    if sent.billing_currency != stored.document["billingCurrency"]:
        raise HTTPException(400, "billingCurrency is fixed")


def forget_old(session: Session, now: float) -> None:
    """Drop what is past its day, now and then."""
    if random.random() < 1 / FORGET_ONE_IN:
        session.execute(delete(Remembered).where(Remembered.at < now - DAY))


def answer_of(stored: Profile) -> BillingProfile:
    """The profile with its tag."""
    attributes = Attributes(etag=stored.etag)
    return BillingProfile.model_validate(stored.document | {"attributes": attributes})


def json_response(body: bytes, etag: str) -> Response:
    """A 200."""
    return Response(body, media_type="application/json", headers={"ETag": f'"{etag}"'})


def masked(document: dict[str, Any]) -> dict[str, Any]:
    """The tax id does not stand in the audit."""
    return document | {"taxId": "***"} if document.get("taxId") else document

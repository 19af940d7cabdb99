"""Serve the double on a free port: `python -m bench.peers.fastapi_double FOLDER PARTNERS`."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import time
import uuid

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.peers.fastapi_double.app import AUDIENCE, ISSUER, make_app
from bench.peers.fastapi_double.database import Profile, open_engine, sessions

DOCUMENT = {
    "companyName": "TEST_TEST_BugBash1",
    "address": {
        "country": "US",
        "city": "Redmond",
        "state": "WA",
        "addressLine1": "1 Microsoft Way",
        "addressLine2": "",
        "postalCode": "98052",
    },
    "primaryContact": {"firstName": "Test", "lastName": "Customer", "phoneNumber": ""},
    "purchaseOrderNumber": "9888",
    "taxId": "12-345678",
    "billingCurrency": "USD",
}


def main() -> None:
    """Announce port and callers in one line of JSON, and serve until stopped."""
    folder, partners = sys.argv[1], int(sys.argv[2])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    reading, writing = sessions(open_engine(f"{folder}/double.sqlite3"))
    ids = [str(uuid.uuid4()) for _ in range(partners)]
    with writing.begin() as session:
        session.add_all(Profile(tenant_id=i, etag=secrets.token_urlsafe(24), version=1, document=DOCUMENT) for i in ids)
    now = int(time.time())
    claims = {"aud": AUDIENCE, "iss": ISSUER, "iat": now, "nbf": now, "exp": now + 3600, "amr": ["pwd", "mfa"]}
    callers = []
    for one in ids:
        token = jwt.encode(
            claims | {"tid": one, "upn": f"billing@{one}.example", "scp": "user_impersonation"}, key, algorithm="RS256"
        )
        callers.append(("/v1/profiles/billing", f"Bearer {token}"))
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    # The clients connect while uvicorn starts: the kernel keeps them until it accepts.
    print(json.dumps({"port": listener.getsockname()[1], "callers": callers, "envelope": None}), flush=True)
    config = uvicorn.Config(
        make_app(reading, writing, key.public_key()), access_log=False, log_level="warning", loop="uvloop"
    )
    uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()

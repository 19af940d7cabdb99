"""A small directory: two tenants, three users, four applications, one published refresh token."""

from __future__ import annotations

from partnercenter.service.token_authority import Application, Directory, PublishedRefreshToken, Tenant, User

BASE_URL = "https://localhost:8443"
AUDIENCE = "https://api.partnercenter.microsoft.com"
DEFAULT_SCOPE = f"{AUDIENCE}/.default"
GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"

CONTOSO = Tenant("11111111-1111-4111-8111-111111111111", "contoso.example", "Contoso")
FABRIKAM = Tenant("22222222-2222-4222-8222-222222222222", "fabrikam.example", "Fabrikam")

ADA = User(
    "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", CONTOSO.id, "ada@contoso.example", "Ada", "ada-pass-7301", "731942",
    (GLOBAL_ADMIN,),
)  # fmt: skip
BOB = User("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb", CONTOSO.id, "bob@contoso.example", "Bob", "bob-pass-7302", None, ())
EVE = User(
    "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", FABRIKAM.id, "eve@fabrikam.example", "Eve", "eve-pass-7303", None, ()
)

WEB_REDIRECT = "https://web.example/callback"
LOOPBACK = "http://localhost:53682/here"
WEB = Application("33333333-0000-4000-8000-000000000001", "Web shop", "web-secret-8401", True, (WEB_REDIRECT,))
DESKTOP = Application(
    "33333333-0000-4000-8000-000000000002", "Desktop", None, True, ("http://localhost",), allows_public_flows=True
)
CLOSED_DESKTOP = Application(
    "33333333-0000-4000-8000-000000000003", "Closed", "closed-secret-8403", True, ("http://localhost", "app://done")
)
DAEMON = Application("33333333-0000-4000-8000-000000000004", "Daemon", "daemon-secret-8404", delegated=False)
CONSOLE_REDIRECT = "https://console.example/back?shop=1"
CONSOLE = Application(
    "33333333-0000-4000-8000-000000000005",
    "Console",
    "console-secret-8405",
    delegated=True,
    redirect_uris=("http://localhost", CONSOLE_REDIRECT),
    allows_public_flows=True,
)

PUBLISHED = PublishedRefreshToken("published-refresh-token-9501", ADA.id, WEB.id)
PUBLISHED_FOR_CONSOLE = PublishedRefreshToken("published-refresh-token-9502", BOB.id, CONSOLE.id)

DIRECTORY = Directory(
    (CONTOSO, FABRIKAM),
    (ADA, BOB, EVE),
    (WEB, DESKTOP, CLOSED_DESKTOP, DAEMON, CONSOLE),
    (PUBLISHED, PUBLISHED_FOR_CONSOLE),
)

SECRETS = (
    *(user.password for user in DIRECTORY.users),
    *(application.secret for application in DIRECTORY.applications if application.secret),
    PUBLISHED.token,
    PUBLISHED_FOR_CONSOLE.token,
    "731942",
)
"""Every text that no answer may repeat."""

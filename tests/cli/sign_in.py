"""A person who signs in to a local service while `partnercenter login` waits."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

from tests.browser_by_hand import Browser
from tests.running_service import RunningService

WITHOUT_TOKEN = {"PARTNERCENTER_REFRESH_TOKEN": ""}
BILLING_ADMIN = "billing@first.partner.example"
WITHOUT_MFA = "nomfa@first.partner.example"
_BROWSER = Path(__file__).parent / "signing_in" / "browser_that_signs_in.py"


def login(
    service: RunningService, folder: Path, *options: str, user: str = BILLING_ADMIN, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """`partnercenter login` by device code as `user`; contexts are in `folder`. before: options before the verb."""
    command = [sys.executable, "-m", "partnercenter", *before, "login", *options]
    environ = service.environ | WITHOUT_TOKEN | {"PARTNERCENTER_CONFIG_DIR": str(folder)}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
        watchdog = threading.Timer(20, waiting.kill)
        watchdog.start()
        assert waiting.stderr is not None
        told = waiting.stderr.readline()
        code, url = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", told), re.search(r"https://\S+", told)
        if code and url:
            enter(service, url.group(), code.group(), user)
        out, err = waiting.communicate()
        watchdog.cancel()
    return subprocess.CompletedProcess(command, waiting.returncode, out, told + err)


def enter(service: RunningService, url: str, code: str, user: str) -> None:
    browser = Browser(service)
    page = browser.submit(browser.open(url), user_code=code)
    browser.sign_in(page, user, None if user == WITHOUT_MFA else "123456")


def with_browser(user: str = BILLING_ADMIN) -> dict[str, str]:
    """The variables of a shell whose browser signs `user` in by itself."""
    root = str(Path(__file__).parents[2])
    return {"BROWSER": f"{sys.executable} {_BROWSER} {user} %s &", "PYTHONPATH": root}

"""The command line in the process of the test: what a user sees of one command, without the start of a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from partnercenter import cli


def command_line(
    *arguments: str, environ: Mapping[str, str] | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """What `partnercenter` does with `arguments`; no variable of ours is set but those of `environ`.

    given: what it reads from standard input.
    """
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PARTNERCENTER_")]:
            patch.delenv(name)
        for name, value in (environ or {}).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["partnercenter", *arguments])
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given)))
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            cli.main()
    code = ended.value.code
    return subprocess.CompletedProcess(arguments, code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())

"""The command `partnercenter`, which is also `python -m partnercenter`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; the version, which scripts ask for often, without loading any of it."""
    if sys.argv[1:] == ["--version"]:
        from partnercenter import __version__

        sys.stdout.write(f"partnercenter {__version__}\n")
        return
    from partnercenter.cli import main as run

    run()


if __name__ == "__main__":
    main()

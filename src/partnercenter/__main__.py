"""`python -m partnercenter` is the command `partnercenter`."""

from partnercenter.cli import main

main()

"""HTTP ⇄ command. No rules and no SQL."""

"""Is this profile acceptable? Pure verdicts, all violations at once; the same for SDK, CLI, service and page."""

"""Profiles as files: plan and apply, for one partner or for hundreds."""

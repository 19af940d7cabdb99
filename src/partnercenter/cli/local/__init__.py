"""The local service: run it, and drive one that runs."""

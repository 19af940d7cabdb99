"""The house that answers: a local Partner Center."""

"""The part of the service that is measured, written by hand with FastAPI, pydantic, SQLAlchemy and PyJWT.

As one would write it for production on SQLite: a durable write-ahead log, one transaction for each PUT in which the
entity tag is checked, a replay is recognised, and profile, audit row and answer are written. It knows fewer rules than
the service: no postal codes, telephones, tax ids, casings or chained audit.

It runs in an environment of its own (`bench/requirements.txt`), which is why it is not type-checked with the rest.
"""

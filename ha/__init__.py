"""High availability, run for real: three PostgreSQL under Patroni and etcd, the service on top, faults under load.

`python -m ha` starts everything as plain local processes, takes the leader away in several ways while clients write
and read, and checks the whole history: nothing that was acknowledged is lost, no read is stale. What it sets up is
the reference for `docs/high-availability.md`.
"""

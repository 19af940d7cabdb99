"""What a service has on its disk: the audit, and the database."""

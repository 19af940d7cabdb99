"""What crosses the wire: shapes, headers, messages. Pure; no I/O, and it imports no other room."""

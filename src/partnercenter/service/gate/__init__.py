"""What every request passes, in this order: framing, correlation, authentication, permission."""

"""What every request passes, in this order: framing, correlation, planned faults, authentication,
permission, throttle."""

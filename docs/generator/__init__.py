"""What makes the references of the documentation out of the code."""

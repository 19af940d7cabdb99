"""What can be done with one profile: a group for each profile, a module for each command."""

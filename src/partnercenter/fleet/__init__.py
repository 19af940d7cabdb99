"""Many partners at once: from what a file wants of their profiles to planned changes, and from those to a report."""

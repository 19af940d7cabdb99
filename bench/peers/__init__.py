"""What one would run otherwise, each as its own manual says, or as a good engineer would write it."""

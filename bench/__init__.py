"""How fast the service is, beside what bounds it and beside what one would run otherwise: `make bench`."""

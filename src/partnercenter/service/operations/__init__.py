"""One file per thing that the service does: a plain function over one transaction, without HTTP and without SQL."""

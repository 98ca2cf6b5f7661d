"""One flat recipe a model; never imported at run time."""

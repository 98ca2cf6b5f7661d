"""A Bot API server for one machine and its chat page."""

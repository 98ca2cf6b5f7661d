"""One file a topic: what happens when a person writes, speaks or taps."""

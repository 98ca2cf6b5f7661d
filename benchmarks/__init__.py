"""What the measured tables in the README and in docs/performance.md are made with."""

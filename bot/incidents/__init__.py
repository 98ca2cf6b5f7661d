"""What happens once an alarm was raised, until somebody looks after the person."""

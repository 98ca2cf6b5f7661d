"""What Todak remembers, encrypted at rest."""

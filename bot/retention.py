"""How long each kind of data is kept; deleted when that has passed."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """`observations` is None where the record is kept until the person deletes it.

    `incidents` counts from their end.
    """

    observations: timedelta | None = None
    workflows: timedelta = timedelta(hours=24)
    incidents: timedelta = timedelta(days=365)

    @property
    def observation_days(self) -> int:
        """Whole days, 0 where the record is kept until the person deletes it."""
        return 0 if self.observations is None else self.observations.days

    @property
    def workflow_hours(self) -> int:
        """Whole hours."""
        return round(self.workflows.total_seconds() / 3600)

    @property
    def incident_days(self) -> int:
        """Whole days."""
        return self.incidents.days


KEPT = Retention()
"""Where nothing is set."""

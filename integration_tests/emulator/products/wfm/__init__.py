"""Activities, shifts, reports, time off and teams of Zendesk WFM."""

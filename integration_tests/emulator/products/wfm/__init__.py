"""Activities, reports, time off and teams of Zendesk WFM."""

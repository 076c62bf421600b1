"""What the connector costs, measured beside Airbyte's connector and the least that the same work can cost."""

"""From a request on the wire to its answer: credentials, limits, faults, and the server itself."""

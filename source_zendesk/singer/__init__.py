"""The console script `tap-zendesk`: the connector as a Singer tap, for Meltano. Imports only JSON and text helpers."""

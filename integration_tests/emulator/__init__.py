"""A Zendesk account served over HTTP on loopback, with real state."""

from integration_tests.emulator.emulator import Emulator

__all__ = ["Emulator"]

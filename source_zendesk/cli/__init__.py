"""The console script: commands, signals, files, terminal output."""

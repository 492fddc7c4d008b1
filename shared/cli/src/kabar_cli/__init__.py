"""The command `kabar`. Data go to stdout, progress and messages to stderr."""

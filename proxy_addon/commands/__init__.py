"""The subcommands of ``glossator``, one module each."""

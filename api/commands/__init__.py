"""The subcommands of `reliefmap`, one module a noun."""

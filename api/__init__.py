"""How it is asked: HTTP, command line, identity and jobs."""

"""`python -m api` is the command line `reliefmap`."""

import sys

from api.cli import main

sys.exit(main())

"""Run the command: `python -m muniment_verify`, or the one file that holds the package."""

import sys

from muniment_verify.command import main

sys.exit(main())

"""Run the command line `tcimages` with `python -m pulumi_tcimages.cli`."""

import sys

from pulumi_tcimages.cli import main

sys.exit(main())

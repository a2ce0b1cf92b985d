"""`python -m pulumi_tcimages.cli`, the same as `tcimages`."""

import sys

from pulumi_tcimages.cli import main

sys.exit(main())

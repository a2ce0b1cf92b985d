"""Let the tests run before `pulumi install` has generated the SDK of the Tencent Cloud provider."""

import sys
from pathlib import Path

# Last, so that the generated SDK wins where it is installed.
sys.path.append(str(Path(__file__).parent / "stand_in"))

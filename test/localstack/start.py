"""Runs LocalStack for as long as standard input stays open: whoever started it may die without a word."""

import os
import runpy
import signal
import sys
import threading
import warnings

from typing_extensions import deprecated

# LocalStack imports this from `warnings`, where Python 3.12 does not have it yet. Nothing else there needs 3.13.
if sys.version_info < (3, 13):
    warnings.deprecated = deprecated


def end_with_the_starter() -> None:
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_the_starter, daemon=True).start()
runpy.run_module("localstack.runtime.main", run_name="__main__", alter_sys=True)

"""Runs LocalStack for as long as standard input stays open: whoever started it may die without a word."""

import os
import runpy
import signal
import sys
import threading


def end_with_the_starter() -> None:
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_the_starter, daemon=True).start()
runpy.run_module("localstack.runtime.main", run_name="__main__", alter_sys=True)

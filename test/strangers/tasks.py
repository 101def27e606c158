"""A celery application on SQS. `python tasks.py PATH` asks for a task; a worker writes its result to PATH."""

import os
import sys
from urllib.parse import urlsplit

from celery import Celery

endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]

app = Celery("tasks", broker=f"sqs://{key}:{secret}@{endpoint.netloc}")
app.conf.update(
    broker_transport_options={"region": os.environ["AWS_REGION"], "is_secure": False, "wait_time_seconds": 1},
    broker_connection_retry_on_startup=True,
    task_default_queue="celery-tasks",
    task_ignore_result=True,
    worker_enable_remote_control=False,
)


@app.task(name="add")
def add(path, one, other):
    with open(path, "w") as file:
        file.write(str(one + other))


if __name__ == "__main__":
    add.delay(sys.argv[1], 2, 3)

"""A queue's life as boto3 lives it. boto3 checks the digests of what it sends and receives."""

import boto3
from wire import tell, watch

sqs = boto3.client("sqs")
sent = watch(sqs)
BODY = "line one\r\nline <two> & \u00e9 \U0001f680"

url = sqs.create_queue(QueueName="strangers", Attributes={"VisibilityTimeout": "60"}, tags={"team": "docks"})["QueueUrl"]
attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
sqs.send_message(
    QueueUrl=url,
    MessageBody=BODY,
    DelaySeconds=0,
    MessageAttributes={
        "text": {"DataType": "String", "StringValue": "t"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    },
)
first = sqs.receive_message(
    QueueUrl=url, WaitTimeSeconds=5, AttributeNames=["All"], MessageAttributeNames=["All"]
)["Messages"][0]
sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
again = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"][0]
sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])

batch = sqs.send_message_batch(
    QueueUrl=url,
    Entries=[{"Id": "good", "MessageBody": "1"}, {"Id": "bad", "MessageBody": "2", "DelaySeconds": 901}],
)
held = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
deleted = sqs.delete_message_batch(
    QueueUrl=url, Entries=[{"Id": str(at), "ReceiptHandle": one["ReceiptHandle"]} for at, one in enumerate(held)]
)
empty = sqs.receive_message(QueueUrl=url)

try:
    sqs.get_queue_url(QueueName="missing")
    refused = None
except sqs.exceptions.QueueDoesNotExist as error:
    refused = {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}

tell(
    sent=sorted(sent),
    visibility=attributes["VisibilityTimeout"],
    tags=sqs.list_queue_tags(QueueUrl=url)["Tags"],
    queues=[one.rsplit("/", 1)[1] for one in sqs.list_queues(QueueNamePrefix="stran")["QueueUrls"]],
    isSameBody=first["Body"] == BODY,
    bytes=list(first["MessageAttributes"]["bytes"]["BinaryValue"]),
    receives=[one["Attributes"]["ApproximateReceiveCount"] for one in (first, again)],
    successful=[one["Id"] for one in batch["Successful"]],
    failed=[{key: one[key] for key in ("Id", "Code", "SenderFault")} for one in batch["Failed"]],
    deleted=len(deleted["Successful"]),
    isEmpty="Messages" not in empty,
    refused=refused,
)

"""Metrics and alarms as boto3 writes and reads them. With the argument `cbor`, in RPC v2 CBOR, which botocore knows
but does not choose by itself."""

import sys
from datetime import datetime, timedelta, timezone

if "cbor" in sys.argv:
    import botocore.model

    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("smithy-rpc-v2-cbor", "query")

import boto3
from wire import tell, watch

cloudwatch = boto3.client("cloudwatch")
sent = watch(cloudwatch)
now = datetime.now(timezone.utc)
around = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}
dimensions = [{"Name": "queue", "Value": "1"}]
metric = {"Namespace": "Strangers", "MetricName": "backlog"}

cloudwatch.put_metric_data(
    Namespace="Strangers",
    MetricData=[
        {"MetricName": "backlog", "Dimensions": dimensions, "Timestamp": now, "Values": [1.5, 2], "Counts": [2, 1]},
        # Enough of them for a client that compresses what is large.
        *[{"MetricName": f"many-{at}", "Value": at, "Unit": "Count"} for at in range(400)],
    ],
)
statistics = cloudwatch.get_metric_statistics(
    **metric, **around, Dimensions=dimensions, Period=60, Statistics=["Sum", "SampleCount"]
)["Datapoints"]
[series] = cloudwatch.get_metric_data(
    **around,
    MetricDataQueries=[
        {"Id": "q", "MetricStat": {"Metric": {**metric, "Dimensions": dimensions}, "Period": 60, "Stat": "Maximum"}}
    ],
)["MetricDataResults"]
pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="Strangers")

cloudwatch.put_metric_alarm(
    **metric,
    AlarmName="deep",
    Dimensions=dimensions,
    Statistic="Maximum",
    Period=60,
    EvaluationPeriods=2,
    Threshold=0.5,
    ComparisonOperator="GreaterThanThreshold",
    AlarmActions=[],
    Tags=[{"Key": "team", "Value": "docks"}],
)
cloudwatch.set_alarm_state(AlarmName="deep", StateValue="ALARM", StateReason="said so")
[alarm] = cloudwatch.describe_alarms(AlarmNames=["deep"])["MetricAlarms"]
tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
cloudwatch.untag_resource(ResourceARN=alarm["AlarmArn"], TagKeys=["team"])
history = cloudwatch.describe_alarm_history(AlarmName="deep", ScanBy="TimestampAscending")["AlarmHistoryItems"]

try:
    cloudwatch.set_alarm_state(AlarmName="missing", StateValue="OK", StateReason="r")
    refused = None
except cloudwatch.exceptions.ResourceNotFound as error:
    refused = error.response["Error"]["Code"]

tell(
    sent=sorted(sent),
    statistics=[{key: one[key] for key in ("Sum", "SampleCount", "Unit")} for one in statistics],
    values=series["Values"],
    ageSeconds=abs((now - series["Timestamps"][0]).total_seconds()),
    metrics=sum(len(page["Metrics"]) for page in pages),
    alarm={key: alarm[key] for key in ("StateValue", "StateReason", "Threshold", "Period", "ActionsEnabled")},
    updatedSecondsAgo=abs((alarm["StateUpdatedTimestamp"] - now).total_seconds()),
    tags=tags,
    history=[one["HistoryItemType"] for one in history],
    refused=refused,
    account=boto3.client("sts").get_caller_identity()["Account"],
)

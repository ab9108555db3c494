"""Event files by TensorBoard's own writer, and as its own reader takes them: test/formats/tensorboard.json. Needs `pip install tensorboard`."""
import base64
import io
import json
import tempfile
from pathlib import Path

from tensorboard import version
from tensorboard.backend.event_processing import event_file_loader
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

HISTOGRAMS = [
    dict(min=-1.5, max=2.25, num=4.0, sum=1.0, sumSquares=7.5, limits=[-1.0, 0.0, 1.0, 1.7976931348623157e308], counts=[1.0, 0.0, 2.0, 1.0]),
    dict(min=0.0, max=0.0, num=0.0, sum=0.0, sumSquares=0.0, limits=[0.0], counts=[0.0]),
    dict(min=-0.0, max=1e-300, num=300.0, sum=3e-298, sumSquares=5e-324, limits=[i / 7 for i in range(200)], counts=[i % 3 + 0.0 for i in range(200)]),
]
RECORDS = [
    dict(wallTime=1700000000.25, version=True),
    dict(wallTime=1700000000.5, restart=True, step=3),
    dict(wallTime=1700000001.123456, step=0, summaries=[dict(tag="epoch_loss", scalar=0.125), dict(tag="epoch_accuracy", scalar=0.0)]),
    dict(wallTime=1700000002.0, step=127, summaries=[dict(tag="größe ✓", scalar=-3.4e38)]),
    dict(wallTime=1700000003.0, step=128, summaries=[]),
    dict(wallTime=1700000004.0, step=2**40 + 5, summaries=[dict(tag=f"kernel/{i}", histogram=h) for i, h in enumerate(HISTOGRAMS)]),
    dict(wallTime=1700000005.0, step=2**53 - 1, summaries=[dict(tag="t" * 300, scalar=1e-45)]),
]


def event(record):
    made = event_pb2.Event(wall_time=record["wallTime"], step=record.get("step", 0))
    if "version" in record:
        made.file_version = "brain.Event:2"
    elif "restart" in record:
        made.session_log.status = event_pb2.SessionLog.START
    else:
        made.summary.SetInParent()
        for summary in record["summaries"]:
            value = made.summary.value.add(tag=summary["tag"])
            if "scalar" in summary:
                value.simple_value = summary["scalar"]
            else:
                h = summary["histogram"]
                value.histo.CopyFrom(
                    summary_pb2.HistogramProto(
                        min=h["min"], max=h["max"], num=h["num"], sum=h["sum"], sum_squares=h["sumSquares"], bucket_limit=h["limits"], bucket=h["counts"]
                    )
                )
    return made


class Kept(io.BytesIO):
    """Closing keeps the bytes."""

    def close(self):
        pass


kept = Kept()
writer = RecordWriter(kept)
for record in RECORDS:
    writer.write(event(record).SerializeToString())
data = kept.getvalue()
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "events.out.tfevents.1"
    path.write_bytes(data)
    read = list(event_file_loader.LegacyEventFileLoader(str(path)).Load())
assert [e.SerializeToString() for e in read] == [event(r).SerializeToString() for r in RECORDS]
content = dict(tensorboard=version.VERSION, records=RECORDS, bytes=base64.b64encode(data).decode())
path = Path(__file__).resolve().parents[2] / "formats" / "tensorboard.json"
path.write_text(json.dumps(content) + "\n")
print(path, len(data), "bytes of events")

"""Follows a job to its end by the server's events: its phases and its logs, printed as they come."""

from __future__ import annotations

import http.client
import json
import queue
import re
import sys
import threading
import time

from trainyard.errors import ActivityFailedException
from trainyard.runs.details import page_of
from trainyard.runs.facts import FINAL_STATES, read_run
from trainyard.runs.files import list_artifacts, read_text
from trainyard.server.endpoints import api

_BROKEN = (OSError, http.client.HTTPException, ValueError)
_USER_SLOT = 70
_PIECE_BYTES = 1 << 16
_MOST_WAITING_PIECES = 64
_LAST_LINES = 20


def wait_for_end(connection, run_id: str) -> None:
    """Return when the job, or the run without a job, is in a final state."""
    if read_run(connection, run_id)["kind"] != "tracked":
        for state, *_ in _states(connection, run_id):
            if state in FINAL_STATES:
                return
    while read_run(connection, run_id)["state"] not in FINAL_STATES:
        time.sleep(0.5)


def stream_to_end(connection, run_id: str, out=None) -> None:
    """
    Print the run's page, its phases and its logs until it ends, and then a summary.

    Each log file stands under its title, `Streaming <file>`; the user's own output is not interrupted by others.
    """
    printer = _Printer(out or sys.stdout)
    header = f"RunId: {run_id}\nWeb View: {page_of(connection, run_id)}\n"
    printer.text(header)
    facts = read_run(connection, run_id)
    if facts["kind"] == "tracked":
        wait_for_end(connection, run_id)
    else:
        _Follower(connection, run_id, facts, printer).run()
    printer.line_start()
    printer.text(f"\nExecution Summary\n=================\n{header}")
    warnings = [note["message"] for note in read_run(connection, run_id)["notes"] if note["level"] == "warning"]
    if warnings:
        printer.text("Warnings:\n" + "\n".join(warnings) + "\n")
    printer.text("\n")


def failure_of(connection, facts: dict) -> ActivityFailedException:
    """The exception of a failed run: the error and the last lines of its log."""
    error = facts["error"] or {"error": {"code": "UserError", "message": facts["reason"] or "The run failed."}}
    message = "Activity Failed:\n" + json.dumps(error, indent=4)
    lines = _last_lines(connection, facts["name"])
    if lines:
        message += f"\n\nThe last lines of its log:\n{lines}"
    return ActivityFailedException(message, error=error)


class _Follower:
    def __init__(self, connection, run_id: str, facts: dict, printer: _Printer) -> None:
        self._connection = connection
        self._run_id = run_id
        self._began_ms = facts["createdAt"]
        self._printer = printer
        self._news: queue.Queue = queue.Queue(_MOST_WAITING_PIECES)
        self._files: dict = {}
        self._held: dict = {}
        self._is_replay = facts["state"] in FINAL_STATES
        self._shown: int | None = None
        self._attempt = 0
        self._later: list = []

    def run(self) -> None:
        self._start(self._watch)
        ended = False
        while not ended or any(not file["ended"] for file in self._files.values()):
            kind, *news = self._news.get()
            if kind == "state":
                ended = self._state(*news) or ended
            elif kind == "file":
                self._announce(*news)
            elif kind == "bytes":
                self._bytes(*news)
            elif kind == "end":
                self._files[news[0]]["ended"] = True
                self._show_held()
                self._show_states()
            elif kind == "broken":
                raise news[0]
        self._show_held()
        self._show_states()

    def _start(self, work, *arguments) -> None:
        def guarded() -> None:
            try:
                work(*arguments)
            except Exception as error:  # whatever it is, the thread that prints raises it
                self._news.put(("broken", error))

        threading.Thread(target=guarded, name="trainyard-follow", daemon=True).start()

    def _watch(self) -> None:
        for state, reason, attempt, at, path in _states(self._connection, self._run_id):
            if path is not None:
                self._news.put(("file", path))
                continue
            if state in FINAL_STATES:
                for prefix in ("azureml-logs/", "user_logs/"):
                    for artifact in list_artifacts(self._connection, self._run_id, prefix):
                        self._news.put(("file", artifact["path"]))
            self._news.put(("state", state, reason, attempt, at))
            if state in FINAL_STATES:
                return

    def _state(self, state: str, reason: str, attempt: int, at: int) -> bool:
        again = f" (attempt {attempt})" if attempt > 1 else ""
        seconds = max(0, at - self._began_ms) / 1000
        self._later.append(f"[{seconds:8.1f} s] {state}{again}{': ' + reason if reason else ''}\n")
        self._show_states()
        if attempt > self._attempt >= 1:
            for slot, file in self._files.items():
                if file["ended"]:
                    file["ended"] = False
                    self._start(self._read, slot, file)
        self._attempt = max(self._attempt, attempt)
        return state in FINAL_STATES

    def _show_states(self) -> None:
        driver = self._files.get(_USER_SLOT)
        # The user's own output is not interrupted.
        if self._later and not (driver and self._shown == _USER_SLOT and not driver["ended"]):
            self._printer.line_start()
            self._printer.text("".join(self._later))
            self._later.clear()
            self._shown = None

    def _announce(self, path: str) -> None:
        found = log_slot(path)
        if found is None:
            return
        slot, _rank = found
        # Another name of a file that is being read holds the same bytes.
        if slot not in self._files:
            file = self._files[slot] = {"path": path, "offset": 0, "ended": False}
            self._start(self._read, slot, file)

    def _read(self, slot: int, file: dict) -> None:
        offset = file["offset"]
        content = api("runs", self._run_id, "artifacts", "content")
        while True:
            try:
                with self._connection.stream(content, path=file["path"], start=offset, follow=True) as response:
                    while True:
                        piece = response.read1(_PIECE_BYTES)
                        if not piece:
                            self._news.put(("end", slot))
                            return
                        offset += len(piece)
                        self._news.put(("bytes", slot, piece))
            except _BROKEN:
                time.sleep(0.2)  # cut off, or quiet for long: go on from the byte that was seen last

    def _bytes(self, slot: int, piece: bytes) -> None:
        self._held.setdefault(slot, []).append(piece)
        self._show_held()

    def _show_held(self) -> None:
        for slot in sorted(self._held):
            pieces = self._held[slot]
            if not pieces or self._must_wait(slot):
                continue
            file = self._files[slot]
            if self._shown != slot:
                title = f"Streaming {file['path']}" + (" (continued)" if file["offset"] else "")
                self._printer.line_start()
                self._printer.text(f"\n{title}\n{'=' * len(title)}\n\n")
                self._shown = slot
            for piece in pieces:
                self._printer.piece(slot, piece)
                file["offset"] += len(piece)
            pieces.clear()

    def _must_wait(self, slot: int) -> bool:
        if self._is_replay:
            return any(not file["ended"] for other, file in self._files.items() if other < slot)
        return self._shown == _USER_SLOT != slot and not self._files[_USER_SLOT]["ended"]


class _Printer:
    """Writes to a text stream; bytes of a file are decoded as they come, also when a character was cut in two."""

    def __init__(self, out) -> None:
        self._out = out
        self._decoders: dict = {}
        self._at_line_start = True

    def text(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._out.flush()
            self._at_line_start = text.endswith("\n")

    def piece(self, slot: int, piece: bytes) -> None:
        import codecs

        decoder = self._decoders.setdefault(slot, codecs.getincrementaldecoder("utf-8")("replace"))
        self.text(decoder.decode(piece))

    def line_start(self) -> None:
        if not self._at_line_start:
            self.text("\n")


def log_slot(path: str) -> tuple | None:
    """`(slot, rank)` of a file that is streamed: 20 build, 55 node, 65 preparation, 70 the user's output, 75 end."""
    if path == "azureml-logs/hyperdrive.txt":
        return _USER_SLOT, 3
    numbered = re.match(r"azureml-logs/(\d\d)_(.+)\.txt\Z", path)
    if numbered:
        slot = int(numbered.group(1))
        rank = _driver_rank(numbered.group(2), "driver_log") if slot == _USER_SLOT else 0
    else:
        standard = re.match(r"user_logs/(.+)\.txt\Z", path)
        slot = _USER_SLOT
        rank = _driver_rank(standard.group(1), "std_log") if standard else None
    return None if rank is None else (slot, rank)


def _driver_rank(name: str, stem: str) -> int | None:
    if name == stem:
        return 0
    return 1 if re.match(stem + r"_(rank_|worker_|process_)?0+\Z", name) else None


def _states(connection, run_id: str):
    """`(state, reason, attempt, at, None)` for each change, and `(None, ..., path)` for each new file; until final."""
    after = 0
    while True:
        try:
            with connection.stream("/api/v1/events/stream", run=run_id, after=after) as response:
                for event in _events(response):
                    after = event["seq"]
                    body = event["body"]
                    if body["kind"] == "artifact.added":
                        yield None, "", 0, event["at"], body["path"]
                    elif body["kind"] == "job.state":
                        yield body["state"], body["reason"], body["attempt"], event["at"], None
                        if body["state"] in FINAL_STATES:
                            return
        except _BROKEN:
            time.sleep(0.2)


def _events(response):
    for line in response:
        if line.startswith(b"data:"):
            yield json.loads(line[5:])


def _last_lines(connection, run_id: str) -> str:
    # Where the user's code never ran, the log of the build says why.
    for prefix in ("azureml-logs/70_driver_log", "azureml-logs/20_image_build_log"):
        for artifact in list_artifacts(connection, run_id, prefix):
            if not log_slot(artifact["path"]):
                continue
            start = max(0, artifact["sizeBytes"] - 8192)
            text = read_text(connection, run_id, artifact["path"], start)
            return "\n".join(text.rstrip("\n").split("\n")[-_LAST_LINES:])
    return ""

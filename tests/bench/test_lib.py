"""The benchmarks' own tools: a client that times what it says, a table that keeps its columns, memory of whole trees."""

import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench import stage
from bench.figures import SECTIONS
from bench.lib.client import Connection, Request, Timing, csrf, json_request, measure
from bench.lib.figure import Figure
from bench.lib.memory import resident
from bench.lib.places import ROOT
from bench.lib.table import Table, shown, times
from bench.tables import tables


class Slow(BaseHTTPRequestHandler):
    """Answers after 20 ms; `/chunks` in chunks, `/wrong` with 500; tells what was sent to it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.02)
        self.send_response(500 if self.path == "/wrong" else 200)
        if self.path == "/chunks":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            return
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b"|".join([self.headers.get("Cookie", "").encode(), sent])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_answers_with_a_length_and_in_chunks_are_read_whole_on_one_connection(port):
    line = Connection(port, "sessionid=1; csrftoken=xyz")
    assert line.ask(Request("/chunks")).body == b"abcde"
    assert line.ask(json_request("/", {"a": 1}, "key")).body == b'sessionid=1; csrftoken=xyz|{"a": 1}'
    assert csrf(line.cookie) == "xyz"
    line.close()


def test_the_time_of_a_request_is_the_time_it_took_and_eight_connections_do_eight_at_once(port):
    one = measure(port, iter(lambda: Request("/"), None), seconds=0.5, warm=1)
    eight = measure(port, iter(lambda: Request("/"), None), connections=8, seconds=0.5, warm=1)
    assert 20 <= one.p50 <= one.p95
    assert not one.errors
    assert eight.per_second > one.per_second * 3


def test_an_answer_that_was_not_expected_is_an_error_and_no_time(port):
    timing = measure(port, iter([Request("/wrong")] * 3), seconds=1, warm=0)
    assert not timing.times
    assert len(timing.errors) == 3
    assert "/wrong: 500" in timing.errors[0]


def test_percentiles_are_taken_from_ordered_times():
    timing = Timing([float(each) for each in range(100, 0, -1)], 10.0)
    assert (timing.p50, timing.p95, timing.per_second) == (51.0, 96.0, 10.0)


def test_a_table_sets_figures_to_the_right_also_beside_chinese():
    table = Table("Figures", ["page", "ms"])
    table.add("網絡", 3.14159)
    table.add("list", 12345)
    lines = table.text().splitlines()
    assert lines[-2:] == ["網絡    3.14", "list  12,345"]
    assert "| 網絡 | 3.14 |" in table.markdown()


def test_a_ratio_of_nothing_is_a_dash():
    assert times(3.0, 2.0) == "1.50×"
    assert times(None, 2.0) == times(3.0, 0.0) == shown(float("nan")) == "–"


def test_the_memory_of_a_process_includes_its_children():
    code = "import subprocess, sys, time; x = bytearray(60_000_000); "
    code += "c = subprocess.Popen([sys.executable, '-c', 'x = bytearray(60_000_000); print(1, flush=True); input()'], "
    code += "stdin=subprocess.PIPE); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    try:
        process.stdout.readline()
        assert 110 < resident(process.pid) < 250
    finally:
        os.killpg(process.pid, 9)
        process.wait()
        process.stdout.close()


def test_the_table_of_growth_compares_the_same_figures_of_two_sizes():
    small = {
        "pages": [
            Figure("1", "list", p50=10.0, floor=5.0),
            Figure("8", "all checks", value=2.0, unit="s", notes=["39 checks"]),
        ]
    }
    large = {"pages": [Figure("1", "list", p50=12.0), Figure("8", "all checks", value=8.0, unit="s")]}
    drawn = tables({("postgresql", 10_000): small, ("postgresql", 1_000_000): large, ("sqlite", 10_000): {}})
    requests, others, growth = drawn[0], drawn[1], drawn[-1]
    assert (others.rows, others.notes) == ([["8 all checks", "2.00", "s"]], ["8 all checks: 39 checks"])
    assert requests.rows[0][:5] == ["1 list", "10.0", "–", "5.00", "2.00×"]
    assert [row[-1] for row in growth.rows] == ["1.20×", "4.00×"]
    assert len(drawn) == 5


def test_a_section_that_is_measured_again_takes_the_place_of_its_figures_only(tmp_path, monkeypatch):
    monkeypatch.setattr(stage, "KEPT", tmp_path)
    stage.keep("sqlite", 10, "pages", [Figure("1", "list", p50=1.0)])
    stage.keep("sqlite", 10, "api", [Figure("3", "API list", p50=2.0)])
    stage.keep("sqlite", 10, "pages", [Figure("1", "list", p50=3.0)])
    found = stage.read("sqlite", 10)
    assert {name: figures[0].p50 for name, figures in found.items()} == {"pages": 3.0, "api": 2.0}
    assert stage.read("sqlite", 11) == {}


def test_every_section_is_a_file_that_measures():
    assert all((ROOT / "bench/figures" / f"{name}.py").is_file() for name in SECTIONS.values())

"""Ingests that are killed, or find no room, leave nothing that the next one does not mend."""

import json
import os
import subprocess
import sys


def test_whatever_disturbed_an_ingest_the_next_one_makes_what_a_clean_one_makes(
    new_project, tmp_path
):
    """More of them: make kills KILLS=200."""
    graphs = new_project(tmp_path / "graphs").index / "encoder"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.disturbed_ingests", "2", "0", str(graphs)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # where the graphs can be linked
    )
    assert ran.returncode == 0, ran.stderr
    outcome = json.loads(ran.stdout.splitlines()[-1])
    assert outcome["differences"] == []
    assert sum(outcome["moments"].values()) == outcome["kills"] + outcome["starved"] == 2

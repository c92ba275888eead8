"""Ingests that are killed at random moments leave nothing that the next one does not mend."""

import json
import os
import subprocess
import sys


def test_after_a_kill_at_any_moment_the_next_ingest_makes_what_a_clean_one_makes(
    new_project, tmp_path
):
    """More kills: make kills KILLS=200."""
    graphs = new_project(tmp_path / "graphs").index / "encoder"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.killed_ingests", "6", str(graphs)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(tmp_path)},  # where the graphs can be linked
    )
    assert ran.returncode == 0, ran.stderr
    outcome = json.loads(ran.stdout.splitlines()[-1])
    assert outcome["differences"] == []
    assert sum(outcome["moments"].values()) == outcome["kills"] == 6

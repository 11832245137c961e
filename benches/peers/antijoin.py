"""`izin gate` beside DuckDB's plain anti-join: rows of a CSV file per second of a core, by turns.

    pip install duckdb
    python3 benches/peers/antijoin.py --izin target/release/izin --subjects 10000000

DuckDB reads the list, drops the rows whose address is on a list of a tenth of everybody, and writes
the rest; it uses one thread. `izin gate` answers each row by all rules, with reason, level and date.
Both read and write files of the same shape.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile

QUERY = """
    set threads = 1;
    copy (
        select people.*
        from read_csv('{folder}/list.csv', header = true, all_varchar = true) people
        anti join read_csv('{folder}/refused.csv', header = true, all_varchar = true) refused
            on lower(people.email) = refused.email
    ) to '{folder}/kept.csv' (header)
"""


def address(person):
    return f"Pelanggan.{person:08}@mail{person % 50}.example"


def write_lists(folder, people):
    dice = random.Random(21)
    with open(f"{folder}/list.csv", "w") as rows:
        rows.write("email,city\n")
        for _ in range(people):
            rows.write(f"{address(dice.randrange(people))},Bandung\n")
    with open(f"{folder}/refused.csv", "w") as rows:
        rows.write("email\n")
        for person in range(0, people, 10):
            rows.write(f"{address(person).lower()}\n")


def by_duckdb(folder, people):
    """Rows per second of a core, of a process of its own."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "import duckdb, sys; duckdb.sql(sys.argv[1])"
    query = QUERY.format(folder=folder)
    subprocess.run([sys.executable, "-c", code, query], check=True)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    with open(f"{folder}/kept.csv") as rows:
        kept = sum(1 for _ in rows) - 1
    assert 0.85 * people < kept < 0.95 * people, f"{kept} of {people} rows were kept"
    return people / took


def by_izin(izin, people):
    command = [izin, "bench", "gate", "--subjects", str(people), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    assert done.returncode in (0, 1), "the bench of the gate failed"
    figures = json.loads(done.stdout)["figures"]
    return next(own["value"] for own in figures if own["name"] == "gate_rows")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--izin", default="target/release/izin")
    arguments.add_argument("--subjects", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=3)
    asked = arguments.parse_args()
    izin, duckdb = [], []
    with tempfile.TemporaryDirectory() as folder:
        write_lists(folder, asked.subjects)
        for _ in range(asked.rounds):
            duckdb.append(by_duckdb(folder, asked.subjects))
            izin.append(by_izin(os.path.abspath(asked.izin), asked.subjects))
    ratio = statistics.median(own / peer for own, peer in zip(izin, duckdb))
    print(f"izin gate  {statistics.median(izin):>12.0f} rows per CPU second")
    print(f"duckdb     {statistics.median(duckdb):>12.0f} rows per CPU second")
    print(f"ratio      {ratio:>12.2f}   must be at least 1")
    return 0 if ratio >= 1 else 1


if __name__ == "__main__":
    sys.exit(main())

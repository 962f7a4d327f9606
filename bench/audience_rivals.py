"""The audience index against DuckDB, PostgreSQL and SQLite: the same people, the same question, one run.

The question is five predicates with two ranges, at three densities. Every engine must count the same; the times of
the rivals include their Python client's call, those of the index do not leave the process. Called by
`bench/audience-rivals`, which makes the environment.
"""

import json
import os
import platform
import pwd
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

import duckdb
import psycopg

FIVE = "agreed = 1 AND stopped = 0 AND cents > 2700 AND born BETWEEN 1960 AND 1985"
QUESTIONS = [
    ("five, a state of 0.2 %", f"SELECT count(*) FROM people WHERE state = 0 AND {FIVE}"),
    ("five, a state of 12 %", f"SELECT count(*) FROM people WHERE state = 49 AND {FIVE}"),
    ("five, everywhere", f"SELECT count(*) FROM people WHERE {FIVE}"),
]
COLUMNS = "id, state, agreed, stopped, cents, born"


def load():
    return os.getloadavg()[0]


def timed(ask, runs):
    """The count, and the median and best time in milliseconds; the first run is not counted."""
    found = ask()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        again = ask()
        times.append((time.perf_counter() - start) * 1_000)
        assert again == found
    return found, statistics.median(times), min(times)


def index(program, people):
    lines = subprocess.run([program, str(people), "--json"], check=True, capture_output=True, text=True).stdout
    for line in map(json.loads, lines.splitlines()):
        threads = line["threads"]
        yield f"audience index, {threads} thread{'s' if threads > 1 else ''}", line["what"], line["people"], line[
            "median_ms"
        ], line["best_ms"]


def duck(csv):
    database = duckdb.connect()
    types = "{'id':'INTEGER','state':'UTINYINT','agreed':'UTINYINT','stopped':'UTINYINT','cents':'INTEGER','born':'SMALLINT'}"
    database.execute(f"CREATE TABLE people AS SELECT * FROM read_csv('{csv}', header = true, columns = {types})")
    for threads in (1, 2):
        database.execute(f"SET threads = {threads}")
        for what, sql in QUESTIONS:
            found = timed(lambda sql=sql: database.execute(sql).fetchone()[0], 31)
            yield f"DuckDB {duckdb.__version__} in memory, {threads} thread{'s' if threads > 1 else ''}", what, *found


def sqlite(csv, scratch):
    database = sqlite3.connect(os.path.join(scratch, "people.db"))
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA mmap_size = 8000000000")
    database.execute(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, state INT, agreed INT, stopped INT, cents INT, born INT)"
    )
    with open(csv) as rows:
        next(rows)
        database.executemany(
            f"INSERT INTO people ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", (tuple(map(int, row.split(","))) for row in rows)
        )
    database.commit()
    for what, sql in QUESTIONS:
        found = timed(lambda sql=sql: database.execute(sql).fetchone()[0], 5)
        yield f"SQLite {sqlite3.sqlite_version}, scan of a narrow table", what, *found
    database.close()


def postgres(csv, scratch):
    programs, data = os.environ["PG_BIN"], os.path.join(scratch, "pg")
    os.mkdir(data)
    as_user = []
    if os.getuid() == 0:
        # The engine refuses to run as root.
        user = pwd.getpwnam("postgres")
        for path in (scratch, data):
            os.chown(path, user.pw_uid, user.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    run = lambda *words: subprocess.run([*as_user, *words], check=True, stdout=subprocess.DEVNULL, cwd=scratch)
    run(f"{programs}/initdb", "-D", data, "-A", "trust", "-U", "postgres")
    settings = [
        "listen_addresses=''", f"unix_socket_directories={data}", "shared_buffers=1GB", "fsync=off",
        "max_wal_size=8GB", "maintenance_work_mem=512MB", "work_mem=256MB", "jit=on",
    ]
    options = " ".join(f"-c {setting}" for setting in settings)
    run(f"{programs}/pg_ctl", "-D", data, "-w", "-t", "60", "-l", os.path.join(data, "log"), "-o", options, "start")
    try:
        with psycopg.connect(host=data, user="postgres", dbname="postgres", autocommit=True) as database:
            version = database.execute("SHOW server_version").fetchone()[0].split(" ")[0]
            database.execute(
                "CREATE TABLE people (id int, state smallint, agreed smallint, stopped smallint, cents int, born smallint)"
            )
            with database.cursor().copy(f"COPY people ({COLUMNS}) FROM STDIN (FORMAT csv, HEADER)") as copy:
                with open(csv, "rb") as rows:
                    while block := rows.read(1 << 20):
                        copy.write(block)
            database.execute("VACUUM ANALYZE people")
            database.execute("SET max_parallel_workers_per_gather = 1")
            for kind, runs, before in [
                ("sequential scan, 1 worker", 7, []),
                ("ordinary single-column indexes", 7, ["state", "agreed", "stopped", "cents", "born"]),
            ]:
                for column in before:
                    database.execute(f"CREATE INDEX ON people ({column})")
                database.execute("VACUUM ANALYZE people")
                for what, sql in QUESTIONS:
                    found = timed(lambda sql=sql: database.execute(sql).fetchone()[0], runs)
                    yield f"PostgreSQL {version}, {kind}", what, *found
    finally:
        run(f"{programs}/pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(data, ignore_errors=True)


def main():
    program, people, scratch = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    os.chmod(scratch, 0o755)
    csv = os.path.join(scratch, "people.csv")
    began = load()
    lines = list(index(program, people))
    subprocess.run([program, str(people), "--csv", csv], check=True)
    for rival in (duck(csv), sqlite(csv, scratch), postgres(csv, scratch)):
        lines.extend(rival)
    ours = {what: (found, median) for engine, what, found, median, _ in lines if engine == "audience index, 2 threads"}
    print(f"{people:,} people; load average {began:.2f} at the start, {load():.2f} at the end; {platform.machine()}")
    print(f"{'engine':<52} {'question':<24} {'people':>10} {'median ms':>10} {'best ms':>10} {'ratio':>8}")
    rows = []
    for engine, what, found, median, best in lines:
        wanted, fastest = ours[what]
        assert found == wanted, f"{engine} counts {found} for `{what}`, the index {wanted}"
        ratio = median / fastest
        print(f"{engine:<52} {what:<24} {found:>10,} {median:>10.3f} {best:>10.3f} {ratio:>8.1f}")
        rows.append({"engine": engine, "what": what, "people": found, "median_ms": median, "best_ms": best, "ratio": ratio})
    with open("bench/audience-rivals.json", "w") as file:
        json.dump({"people": people, "load_average": [began, load()], "lines": rows}, file, indent=2)
        file.write("\n")


main()

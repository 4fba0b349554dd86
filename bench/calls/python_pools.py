"""CPython's own pools as a reference for `calls`: python_pools.py '{"executor": "ThreadPoolExecutor", "chunksize": 1, ...}'. Prints one line of JSON."""

import concurrent.futures
import json
import sys
import time

STARTED = time.time()


def echo(n):
    return n


def calls_by_map(pool, seconds, chunksize):
    """map over lists of 20,000, one list after the other; results in order."""
    numbers = range(20_000)
    start = time.perf_counter()
    calls = 0
    while time.perf_counter() - start < seconds:
        for expected, n in enumerate(pool.map(echo, numbers, chunksize=chunksize)):
            assert n == expected, f'wrong result: {n} instead of {expected}'
        calls += len(numbers)
    return calls, time.perf_counter() - start


def main():
    options = json.loads(sys.argv[1])
    executor = getattr(concurrent.futures, options['executor'])
    with executor(options['workers']) as pool:
        assert pool.submit(echo, 7).result() == 7
        first_result = (time.time() - STARTED) * 1000
        calls_by_map(pool, options['seconds'] / 2, options['chunksize'])
        calls, elapsed = calls_by_map(pool, options['seconds'], options['chunksize'])
    print(json.dumps({'firstResult': first_result, 'calls': calls, 'elapsed': elapsed}))


if __name__ == '__main__':
    main()

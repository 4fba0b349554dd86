"""The second program once more, with the other executor: one process per core."""

from concurrent import futures

from flags import main
from flags_threadpool import download_one


def download_many(cc_list):
    with futures.ProcessPoolExecutor() as executor:
        results = executor.map(download_one, sorted(cc_list))
    return len(list(results))


if __name__ == '__main__':
    main(download_many)

"""The chapter's second program: the body of the loop as a function, mapped over a pool of threads."""

from concurrent import futures

from flags import get_flag, main, save_flag, show

MAX_WORKERS = 20


def download_one(cc):
    image = get_flag(cc)
    show(cc)
    save_flag(image, cc.lower() + '.gif')
    return cc


def download_many(cc_list):
    workers = min(MAX_WORKERS, len(cc_list))
    with futures.ThreadPoolExecutor(workers) as executor:
        results = executor.map(download_one, sorted(cc_list))
    return len(list(results))


if __name__ == '__main__':
    main(download_many)

"""The chapter's first program: twenty flags, one after the other. What src/flags/flags.ts is measured against."""

import os
import sys
import time

import requests

POP20_CC = 'CN IN US ID BR PK NG BG RU JP MX PH VN ET EG DE IR TR CD FR'.split()
BASE_URL = os.environ.get('FLAGS_BASE_URL', 'https://www.fluentpython.com/data/flags')
DEST_DIR = 'downloads/'


def save_flag(img, filename):
    os.makedirs(DEST_DIR, exist_ok=True)
    with open(os.path.join(DEST_DIR, filename), 'wb') as file:
        file.write(img)


def get_flag(cc):
    code = cc.lower()
    resp = requests.get(f'{BASE_URL}/{code}/{code}.gif')
    resp.raise_for_status()
    return resp.content


def show(text):
    print(text, end=' ')
    sys.stdout.flush()


def download_many(cc_list):
    for cc in sorted(cc_list):
        image = get_flag(cc)
        show(cc)
        save_flag(image, cc.lower() + '.gif')
    return len(cc_list)


def main(download_many):
    started = time.time()
    count = download_many(POP20_CC)
    print(f'\n{count} flags downloaded in {time.time() - started:.2f}s')


if __name__ == '__main__':
    main(download_many)

"""The chapter's third program: one coroutine per flag on the event loop, all awaited together."""

import asyncio

import aiohttp

from flags import BASE_URL, main, save_flag, show


async def get_flag(session, cc):
    code = cc.lower()
    async with session.get(f'{BASE_URL}/{code}/{code}.gif') as resp:
        resp.raise_for_status()
        return await resp.read()


async def download_one(session, cc):
    image = await get_flag(session, cc)
    show(cc)
    save_flag(image, cc.lower() + '.gif')
    return cc


async def supervise(cc_list):
    async with aiohttp.ClientSession() as session:
        results = await asyncio.gather(*(download_one(session, cc) for cc in sorted(cc_list)))
    return len(results)


def download_many(cc_list):
    return asyncio.run(supervise(cc_list))


if __name__ == '__main__':
    main(download_many)

// What halyard wants to reach, and the benchmark that tells. Each has a section in docs/performance.md.

/** @type {{ id: string, benchmark: string, what: string }[]} */
export const targets = [
  { id: 'S1', benchmark: 'flags', what: "the chapter's programs against Python's own, whole process" },
  {
    id: 'S2',
    benchmark: 'small-files',
    what: 'files of 1.5-9 KB with default options: published by rename, journal and SHA-256 on',
  },
  { id: 'S3', benchmark: 'small-files', what: 'the same lists into tar shards' },
  { id: 'S4', benchmark: 'long-list', what: 'lists of ten thousand to ten million lines' },
  { id: 'S5', benchmark: 'large-file', what: 'one file of 1 GiB' },
  { id: 'S6', benchmark: 'calls', what: 'no-op calls to 2 workers, 64 in flight' },
  { id: 'S7', benchmark: 'knee', what: '-j auto against the best fixed -j' },
  { id: 'S8', benchmark: 'many-hosts', what: '100,000 URLs on 18,000 hosts, of which some are dead, slow or lying' },
  { id: 'S9', benchmark: 'startup', what: 'start-up, whole process' },
]

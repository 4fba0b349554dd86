export default {
  name: 'flags',
  summary: "the chapter's programs, ours against Python's own, style by style, at a server delay of 0, 50 and 400 ms",
  rounds: 3,
  prepare: async () => ({ contenders: [], tables: () => [] }),
}

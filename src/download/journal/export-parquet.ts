import { writeWhole } from '../disk/write-whole.js'
import type { Outcome } from '../outcome.js'
import { resultColumns } from './result-columns.js'

/** Rows of one row group: they are in memory together. */
const ROW_GROUP = 20_000

/** Writes rows to an open file, a row group at a time. */
export interface ParquetRows {
  add(outcome: Outcome): void
  /** Writes what is left and the end of the file. */
  finish(): void
}

/** The package that writes parquet is loaded only here. */
export async function parquetRows(fd: number): Promise<ParquetRows> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer')
  const bytes = new ByteWriter()
  const writeOut = (): void => {
    writeWhole(fd, new Uint8Array(bytes.buffer, 0, bytes.index))
    // `offset`, where in the file it is, goes on.
    bytes.index = 0
  }
  const schema = schemaFromColumnData({
    columnData: resultColumns.map(({ name, type }) => ({ name, type, data: [], nullable: name !== 'id' })),
  })
  const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: 'halyard', statisticsTruncateLength: 64 })
  let group: Outcome[] = []
  const writeGroup = (): void => {
    const columnData = resultColumns.map(({ name, type, value }) => ({
      name,
      data: group.map((outcome) => {
        const found = value(outcome)
        return type === 'INT64' ? wholeNumber(found) : found
      }),
    }))
    void parquet.write({ columnData, rowGroupSize: ROW_GROUP })
    writeOut()
    group = []
  }
  return {
    add(outcome) {
      group.push(outcome)
      if (group.length === ROW_GROUP) writeGroup()
    },
    finish() {
      if (group.length > 0) writeGroup()
      void parquet.finish()
      writeOut()
    },
  }
}

const wholeNumber = (value: string | number | undefined): bigint | undefined =>
  Number.isSafeInteger(value) ? BigInt(value as number) : undefined

/** ToldByUndici: what undici says of an exchange, in the words that all kinds of lines use. */
import type { Dispatcher } from 'undici'
import type { Exchange } from '../exchange.js'

export class ToldByUndici implements Dispatcher.DispatchHandler {
  readonly exchange: Exchange

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  onConnect(abort: (error?: Error) => void): void {
    this.exchange.onConnect(abort)
  }

  onResponseStarted(): void {
    this.exchange.onResponseStarted()
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void): boolean {
    const fields = raw.map((part) => part.toString('latin1'))
    return this.exchange.onHeaders(status, fields, resume)
  }

  onData(chunk: Buffer): boolean {
    return this.exchange.onData(chunk)
  }

  onComplete(): void {
    this.exchange.onComplete()
  }

  onError(error: Error): void {
    this.exchange.onError(error)
  }
}

// Draws docs/auto.svg, what `-j auto` does on three simulated servers; run it after a change of src/download/schedule, on a built checkout.
import { writeFileSync } from 'node:fs'
import { autoPicture } from '../build/test/download/schedule/auto-picture.js'

writeFileSync(new URL('../docs/auto.svg', import.meta.url), autoPicture())

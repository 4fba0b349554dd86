/** The folder, in the output, in which a run keeps its own books. No file of a list can have this name. */
export const STATE_FOLDER = '.halyard'

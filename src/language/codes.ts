/** The codes of problems that a file can leave out with `-- @ignore` (section 6 of the specification). */
export const CODES: readonly string[] = [
  ...['K101', 'K102', 'K104', 'K105', 'K110', 'K111', 'K112', 'K113', 'K120', 'K121', 'K122'],
  ...['K123', 'K130', 'K131', 'K132', 'K133', 'K201', 'K202', 'K203', 'K204', 'K205', 'K206'],
  ...['K207', 'K208', 'K210', 'K211', 'K212', 'K213', 'K301', 'K302', 'K303', 'K304', 'K305'],
  ...['K306', 'K307', 'K310', 'K320', 'K330', 'K331', 'K403'],
]

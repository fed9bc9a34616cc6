/** Something the person at the keyboard can put right. Its message is printed alone, without a stack trace. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem';
}

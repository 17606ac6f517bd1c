import { leaveAnswers, takeFaults } from './answers.js';

// Runs in every test file: an answer outside the OpenAPI document fails the test, whoever caught the error.
afterEach(() => {
  const [first] = takeFaults();
  if (first) throw first;
});
afterAll(leaveAnswers);

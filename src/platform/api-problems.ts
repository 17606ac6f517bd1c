import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { type ProblemCode, PROBLEMS, problemBody } from '../problems.js';

/** The body of every refusal (RFC 9457), for the OpenAPI document; `problems.ts` makes the real ones. */
class ProblemSchema {
  @ApiProperty({ example: 'https://holdfast.dev/problems/invalid-request' })
  type!: string;
  @ApiProperty({ example: 'The request is not valid' })
  title!: string;
  @ApiProperty({ type: 'integer', example: 422 })
  status!: number;
  @ApiProperty({ example: '/name: must be 1 to 200 printable characters.', description: 'For a person: what to do' })
  detail!: string;
  @ApiProperty({ example: '/v1/admin/sales', description: 'The path of the request' })
  instance!: string;
  @ApiProperty({ enum: Object.keys(PROBLEMS), example: 'invalid-request', description: 'For a program' })
  code!: ProblemCode;
}

/** Documents the problems that a route may answer, by status, with an example of each. */
export function ApiProblems(...codes: [ProblemCode, ...ProblemCode[]]): ClassDecorator & MethodDecorator {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  const responses = statuses.map((status) => {
    const here = codes.filter((code) => PROBLEMS[code].status === status);
    const examples = here.map((code) => [code, { value: problemBody(code, PROBLEMS[code].title) }]);
    const content = {
      schema: { $ref: getSchemaPath(ProblemSchema) },
      examples: Object.fromEntries(examples) as Record<string, { value: unknown }>,
    };
    return ApiResponse({
      status,
      description: here.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
      content: { 'application/problem+json': content },
    });
  });
  return applyDecorators(ApiExtraModels(ProblemSchema), ...responses);
}

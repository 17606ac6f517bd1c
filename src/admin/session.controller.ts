import { Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/allow.decorator.js';
import type { AdminCaller } from '../access/caller.js';
import { sessionCookie } from '../access/sessions.js';
import { headerRefs } from '../platform/api-headers.js';
import { SessionView, toSessionView } from './session.view.js';
import { SignIn } from './sign-in.js';

@ApiTags('Admin: session')
@Allow('admin')
@Controller('v1/admin/session')
export class SessionController {
  constructor(private readonly signing: SignIn) {}

  @Post()
  @ApiOperation({
    operationId: 'signIn',
    summary: 'Opens a session for a browser, of whoever calls with an admin key',
    description:
      'The cookie counts instead of the key wherever an admin may call, together with the header `X-Holdfast-Session: 1`. ' +
      'It ends with the key, by `DELETE`, or at `expiresAt`.',
  })
  @ApiCreatedResponse({ type: SessionView, description: 'Signed in', headers: headerRefs('Set-Cookie') })
  async open(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SessionView> {
    const { caller, token, expiresAt } = await this.signing.open(adminOf(request), request.ip);
    void reply.header('Set-Cookie', sessionCookie(request, token, expiresAt));
    return toSessionView(caller);
  }

  @Get()
  @ApiOperation({ operationId: 'getSession', summary: 'Who is signed in' })
  @ApiOkResponse({ type: SessionView, description: 'The caller' })
  read(@Req() request: FastifyRequest): SessionView {
    return toSessionView(adminOf(request));
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ operationId: 'signOut', summary: 'Ends the session that the request came with' })
  @ApiNoContentResponse({ description: 'Signed out; a repeat is the same', headers: headerRefs('Set-Cookie') })
  async end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.signing.end(adminOf(request));
    void reply.header('Set-Cookie', sessionCookie(request, '', new Date(0)));
  }
}

/** The route is for admins alone. */
function adminOf({ caller }: FastifyRequest): AdminCaller {
  if (caller?.kind !== 'admin') throw new Error('An admin route was reached by somebody else');
  return caller;
}

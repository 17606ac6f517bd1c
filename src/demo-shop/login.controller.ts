import { Body, Controller, Header, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Allow } from '../access/allow.decorator.js';
import { DemoTokens } from '../access/demo-tokens.js';
import { randomId } from '../platform/ids.js';
import { LoginBody } from './login.dto.js';
import type { LoginView } from './login.view.js';

/** Who signs in is somebody new each time, and never a customer of anybody's. */
@ApiExcludeController()
@Allow('anonymous')
@Controller('demo/login')
export class LoginController {
  constructor(private readonly tokens: DemoTokens) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  async open(@Body() { name }: LoginBody): Promise<LoginView> {
    const customerId = randomId('demo', 12);
    const { token, expiresAt } = await this.tokens.make(customerId);
    return { customerId, name: name ?? customerId, token, expiresAt: expiresAt.toISOString() };
  }
}

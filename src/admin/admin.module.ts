import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { IssueApiKey } from './issue-api-key.js';
import { RevokeApiKey } from './revoke-api-key.js';
import { SignIn } from './sign-in.js';

const PARTS = [IssueApiKey, RevokeApiKey, SignIn];

/** What operators see and do. Controllers are the process module's to add. */
@Module({ imports: [AccessModule], providers: PARTS, exports: PARTS })
export class AdminModule {}

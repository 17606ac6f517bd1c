import { Module } from '@nestjs/common';
import { WebPages } from './web-pages.js';

/** What people look at in a browser: built from web/, served by every process that answers HTTP. */
@Module({ providers: [WebPages] })
export class PagesModule {}

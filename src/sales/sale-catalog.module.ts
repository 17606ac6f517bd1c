import { Module } from '@nestjs/common';
import { SaleCatalog } from './sale-catalog.js';

/** What every part that meets a sale needs of it: one copy in memory a process. */
@Module({ providers: [SaleCatalog], exports: [SaleCatalog] })
export class SaleCatalogModule {}

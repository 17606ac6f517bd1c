import { abandoner } from './abandoner.js';
import { bot } from './bot.js';
import { fastBuyer } from './fast-buyer.js';
import { hoarder } from './hoarder.js';
import { latePayer } from './late-payer.js';
import { leaver } from './leaver.js';
import { poller } from './poller.js';
import { releaser } from './releaser.js';
import { retryStorm } from './retry-storm.js';
import { slowPayer } from './slow-payer.js';
import { waiter } from './waiter.js';

export const PERSONAS = [
  ...[fastBuyer, slowPayer, abandoner, releaser, hoarder, bot],
  ...[latePayer, retryStorm, poller, waiter, leaver],
] as const;

export type PersonaName = (typeof PERSONAS)[number]['name'];

export const PERSONA_NAMES: readonly PersonaName[] = PERSONAS.map(({ name }) => name);

import { useSyncExternalStore } from 'react';
import { type AtCounter, counter } from './counter.js';

export const useCounter = (): AtCounter => useSyncExternalStore(counter.subscribe, counter.read);

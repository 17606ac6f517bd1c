import { useEffect, useRef, useState } from 'react';
import type { ServerEvent } from '../../client/event-lines.js';
import { followEvents, type StreamState } from '../../client/follow-events.js';
import { endSession, sessionHeaders } from '../server.js';

/** Follows a stream while the page stands; null is none. Returns how the connection is. */
export function useStream(
  url: string | null,
  onEvent: (event: ServerEvent) => void,
  silenceMsMax?: number,
): StreamState {
  const [state, setState] = useState<StreamState>('connecting');
  const listener = useRef(onEvent);
  useEffect(() => {
    listener.current = onEvent;
  });
  useEffect(() => {
    if (url === null) return undefined;
    return followEvents({
      url,
      headers: sessionHeaders,
      onEvent: (event) => listener.current(event),
      ...(silenceMsMax !== undefined && { silenceMsMax }),
      onState: (next, problem) => {
        setState(next);
        if (problem?.status === 401) endSession();
      },
    });
  }, [url, silenceMsMax]);
  return url === null ? 'over' : state;
}

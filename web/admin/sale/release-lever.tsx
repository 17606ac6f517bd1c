import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { countText } from '../../look/amount.js';
import { Field } from '../../look/field.js';
import { Moment, zoneName } from '../../look/moment.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { Reading } from '../live/reading.js';
import { api, queries } from '../server.js';
import { localText } from './sale-values.js';
import type { Sku } from './sku-part.js';

interface Planned {
  readonly key: number;
  readonly at: string;
  readonly quantity: string;
}

const readSchedule = async (skuId: string) =>
  (await api.GET('/v1/admin/skus/{skuId}/release-schedule', { params: { path: { skuId } } })).data ?? null;

async function plan({ id, saleId }: Sku, rows: readonly Planned[], reason: string): Promise<void> {
  const releases = rows.map(({ at, quantity }) => ({ at: new Date(at).toISOString(), quantity: Number(quantity) }));
  const params = { path: { skuId: id } };
  await api.PUT('/v1/admin/skus/{skuId}/release-schedule', { params, body: { releases, reason } });
  await queries.invalidateQueries({ queryKey: ['skus', saleId] });
  await queries.invalidateQueries({ queryKey: ['release-schedule', id] });
}

let keys = 0;
const row = (at: string, quantity: string): Planned => ({ key: keys++, at, quantity });

/** Which part of a SKU is kept back, and goes on sale when. */
export function ReleaseLever({ sku, open, onClose }: { sku: Sku; open: boolean; onClose: () => void }): ReactNode {
  const [edited, setEdited] = useState<readonly Planned[] | null>(null);
  const schedule = useQuery({
    queryKey: ['release-schedule', sku.id],
    queryFn: async () => {
      const known = await readSchedule(sku.id);
      const toCome = known?.releases.filter(({ releasedAt }) => releasedAt === null) ?? [];
      return { toCome: toCome.map(({ at, quantity }) => row(localText(at), String(quantity))), known };
    },
    ...{ enabled: open, staleTime: 0 },
  });
  const rows = edited ?? schedule.data?.toCome ?? [];
  const done = schedule.data?.known?.releases.filter(({ releasedAt }) => releasedAt !== null) ?? [];
  const close = (): void => {
    setEdited(null);
    onClose();
  };
  const withheld = rows.reduce((sum, { quantity }) => sum + Number(quantity), 0);
  return (
    <ReasonAsk
      open={open}
      onClose={close}
      title={`Release schedule: ${sku.name}`}
      tells={
        <p>
          {rows.length === 0
            ? 'Nothing is kept back for later. Add a time, and so many of the available units wait for it.'
            : `${countText(withheld)} units are kept back, and go on sale at these times.`}
        </p>
      }
      action={rows.length === 0 ? 'Keep nothing back' : 'Keep them back'}
      run={(reason) => plan(sku, rows, reason)}
    >
      {open ? <Reading of={schedule} /> : null}
      {done.length > 0 ? (
        <ul className="small soft">
          {done.map(({ at, quantity }) => (
            <li key={at}>
              {countText(quantity)} went on sale at <Moment at={at} />
            </li>
          ))}
        </ul>
      ) : null}
      <PlannedRows rows={rows} onRows={setEdited} />
      <div className="row">
        <button type="button" className="button small" onClick={() => setEdited([...rows, row('', '')])}>
          Add a time
        </button>
        <span className="small soft">Times are in {zoneName()}.</span>
      </div>
    </ReasonAsk>
  );
}

interface RowsParts {
  readonly rows: readonly Planned[];
  readonly onRows: (rows: readonly Planned[]) => void;
}

function PlannedRows({ rows, onRows }: RowsParts): ReactNode {
  const set = (key: number, part: Partial<Planned>): void =>
    onRows(rows.map((each) => (each.key === key ? { ...each, ...part } : each)));
  return (
    <ol className="stack tight">
      {rows.map(({ key, at, quantity }, place) => (
        <li key={key} className="planned">
          <Field label={place === 0 ? 'At' : `At (${place + 1})`}>
            <input type="datetime-local" required value={at} onChange={(e) => set(key, { at: e.target.value })} />
          </Field>
          <Field label={place === 0 ? 'Units' : `Units (${place + 1})`}>
            <input
              {...{ type: 'number', min: 1, required: true, value: quantity }}
              onChange={(e) => set(key, { quantity: e.target.value })}
            />
          </Field>
          <button
            {...{ type: 'button', className: 'button small quiet' }}
            aria-label={`Take away time ${place + 1}`}
            onClick={() => onRows(rows.filter((each) => each.key !== key))}
          >
            Take away
          </button>
        </li>
      ))}
    </ol>
  );
}

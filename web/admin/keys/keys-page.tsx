import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, type SubmitEvent, useState } from 'react';
import type { Schemas } from '../../client/api-client.js';
import { Field } from '../../look/field.js';
import { Moment } from '../../look/moment.js';
import { ReasonAsk } from '../../look/reason-ask.js';
import { Reading } from '../live/reading.js';
import { api, queries, type Session } from '../server.js';

type Key = Schemas['ApiKeyView'];
type Scope = Key['scope'];

async function readKeys(): Promise<readonly Key[]> {
  const { data } = await api.GET('/v1/admin/api-keys', { params: { query: { limit: 100 } } });
  return data?.items ?? [];
}

async function revoke(keyId: string, reason: string): Promise<void> {
  await api.DELETE('/v1/admin/api-keys/{keyId}', { params: { path: { keyId }, query: { reason } } });
  await queries.invalidateQueries({ queryKey: ['keys'] });
}

/** Who may call for a shop, and who may operate. */
export function KeysPage({ session }: { session: Session }): ReactNode {
  const keys = useQuery({ queryKey: ['keys'], queryFn: readKeys });
  const [revoked, setRevoked] = useState<Key | null>(null);
  return (
    <div className="stack wide-gap">
      <h1>Keys</h1>
      <NewKey />
      <section className="part">
        <header>
          <h2>Every key</h2>
        </header>
        <Reading of={keys} />
        <table className="table folds">
          <thead>
            <tr>
              <th>Name</th>
              <th>May</th>
              <th>Made</th>
              <th>Last used</th>
              <th>State</th>
            </tr>
          </thead>
          <tbody>
            {keys.data?.map((key) => (
              <KeyRow key={key.id} apiKey={key} isOwn={key.id === session.keyId} onRevoke={() => setRevoked(key)} />
            ))}
          </tbody>
        </table>
      </section>
      <ReasonAsk
        open={revoked !== null}
        onClose={() => setRevoked(null)}
        title={`Revoke ${revoked?.name ?? ''}?`}
        tells="Within 5 s no process takes it any more, and whoever signed in with it is signed out. That is for good."
        action="Revoke it"
        alarming
        run={(reason) => revoke(revoked?.id ?? '', reason)}
      />
    </div>
  );
}

function KeyRow({ apiKey, isOwn, onRevoke }: { apiKey: Key; isOwn: boolean; onRevoke: () => void }): ReactNode {
  const { id, name, scope, createdAt, lastUsedAt, revokedAt } = apiKey;
  return (
    <tr>
      <td data-label="Name">
        <span>
          {name} <span className="id soft whole">{id}</span>
        </span>
      </td>
      <td data-label="May">{scope === 'admin' ? 'operate' : 'call for a shop'}</td>
      <td data-label="Made">
        <Moment at={createdAt} />
      </td>
      <td data-label="Last used">{lastUsedAt === null ? 'never' : <Moment at={lastUsedAt} />}</td>
      <td data-label="State">
        {revokedAt !== null ? <span className="pill still">revoked</span> : null}
        {revokedAt === null && isOwn ? <span className="pill good">yours</span> : null}
        {revokedAt === null && !isOwn ? (
          <button className="button small" onClick={onRevoke}>
            Revoke …
          </button>
        ) : null}
      </td>
    </tr>
  );
}

/** Makes a key, and shows it the only time that it can be seen. */
function NewKey(): ReactNode {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('storefront');
  const making = useMutation({
    mutationFn: async () => {
      const { data } = await api.POST('/v1/admin/api-keys', { body: { name: name.trim(), scope } });
      await queries.invalidateQueries({ queryKey: ['keys'] });
      setName('');
      return data;
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form className="part" onSubmit={submit}>
      <header>
        <h2>Make a key</h2>
      </header>
      <div className="fields">
        <Field label="Name" hint="what tells it from the others">
          <input required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="May">
          <select value={scope} onChange={(event) => setScope(event.target.value === 'admin' ? 'admin' : 'storefront')}>
            <option value="storefront">call for a shop</option>
            <option value="admin">operate: everything on these pages</option>
          </select>
        </Field>
        <div className="row at-end">
          <button className="button main" disabled={making.isPending}>
            Make it
          </button>
        </div>
      </div>
      {making.error ? <p className="notice bad">{making.error.message}</p> : null}
      {making.data ? (
        <div className="notice" role="status">
          <p>This is the key of {making.data.name}. It is shown once:</p>
          <code className="wraps">{making.data.key}</code>
        </div>
      ) : null}
    </form>
  );
}

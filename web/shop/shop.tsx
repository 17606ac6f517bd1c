import { ProblemError } from '@holdfast/client/problem-error';
import { type ReactNode, useEffect } from 'react';
import { Link, Route, Switch } from 'wouter';
import { BehindTheCounter } from './behind-the-counter.js';
import { type Buyer, forgetBuyer } from './buyer.js';
import { counter } from './counter.js';
import { OrderPage } from './order-page.js';
import { OrdersPage } from './orders-page.js';
import { PayPage } from './pay-page.js';
import { SalePage } from './sale-page.js';
import { type LiveSale, type SaleToShow, useSale } from './use-sale.js';

/** Everything of this window was the other buyer's, so it begins anew. */
function beAnotherBuyer(): void {
  forgetBuyer();
  location.assign('/shop');
}

/** The shop, for one buyer. */
export function Shop({ buyer }: { buyer: Buyer }): ReactNode {
  const { shown, lookAgain } = useSale();
  return (
    <>
      <a className="skip button" href="#content">
        Skip to the tickets
      </a>
      <header className="top">
        <Link className="wordmark" href="/" onClick={() => counter.clear()}>
          Box office
        </Link>
        <nav aria-label="Yours">
          <span className="buyer" title={buyer.customerId}>
            You are {buyer.name}
          </span>
          <Link href="/orders">Your orders</Link>
          <button className="button small" onClick={beAnotherBuyer}>
            Another buyer
          </button>
          {/* A new window has a buyer of its own: it is given nothing of this one. */}
          <a className="button small" href="/shop" target="_blank" rel="noopener">
            Second window
          </a>
        </nav>
      </header>
      <main id="content" tabIndex={-1}>
        <Shown {...{ shown, lookAgain }} />
      </main>
      <footer className="foot">
        <BehindTheCounter />
        <p className="soft small">
          A demo: no money moves. What you see is <a href="/docs">the API</a>, used as any shop would; the other side is{' '}
          <a href="/admin">the dashboard</a>.
        </p>
      </footer>
    </>
  );
}

function Shown({ shown, lookAgain }: { shown: SaleToShow; lookAgain: () => void }): ReactNode {
  if (shown === 'looking') return <p role="status">Opening the box office …</p>;
  if (shown === 'none')
    return (
      <div className="empty">
        <h1>Nothing is on sale yet</h1>
        <p>Make a sale in the dashboard and open it: it is sold here at once.</p>
        <p className="row">
          <a className="button main" href="/admin">
            To the dashboard
          </a>
          <button className="button" onClick={lookAgain}>
            Look again
          </button>
        </p>
      </div>
    );
  if (shown instanceof ProblemError)
    return (
      <div className="empty" role="alert">
        <h1>The box office does not answer</h1>
        <p>{shown.message}</p>
        <button className="button main" onClick={lookAgain}>
          Try again
        </button>
      </div>
    );
  return <Places live={shown} />;
}

function Places({ live }: { live: LiveSale }): ReactNode {
  const { sale } = live;
  useEffect(() => void counter.restore(sale.id), [sale.id]);
  return (
    <Switch>
      <Route path="/pay/:id">{({ id }) => <PayPage sale={sale} id={id} />}</Route>
      <Route path="/orders/:id">{({ id }) => <OrderPage sale={sale} id={id} />}</Route>
      <Route path="/orders">
        <OrdersPage sale={sale} />
      </Route>
      <Route>
        <SalePage live={live} onAnotherBuyer={beAnotherBuyer} />
      </Route>
    </Switch>
  );
}

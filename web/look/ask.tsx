import { Dialog, DialogDismiss, DialogHeading } from '@ariakit/react';
import type { ReactNode } from 'react';

interface Asked {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  /** A panel at the side of the page instead of a box in its middle. */
  readonly side?: boolean;
}

/** Something that is asked or shown before the page goes on. Escape, and whatever `DialogDismiss` stands in it, end it. */
export function Ask({ open, onClose, title, children, side = false }: Asked): ReactNode {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      className={side ? 'dialog side' : 'dialog'}
      backdrop={<div className="backdrop" />}
      unmountOnHide
    >
      <div className="row spread">
        <DialogHeading render={<h2 />}>{title}</DialogHeading>
        {side ? <DialogDismiss className="button small">Close</DialogDismiss> : null}
      </div>
      {children}
    </Dialog>
  );
}

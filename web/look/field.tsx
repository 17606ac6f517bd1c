import { type ReactElement, type ReactNode, cloneElement, useId } from 'react';

interface FieldParts {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly fault?: string | undefined;
  readonly wide?: boolean;
  /** One input, select or textarea. */
  readonly children: ReactElement<{ id?: string; 'aria-describedby'?: string | undefined; 'aria-invalid'?: boolean }>;
}

/** A label, what is asked for, a hint, and what is wrong with the answer: tied together for those who do not see them. */
export function Field({ label, hint, fault, wide = false, children }: FieldParts): ReactNode {
  const id = useId();
  const described = [hint === undefined ? null : `${id}-hint`, fault === undefined ? null : `${id}-fault`]
    .filter((each) => each !== null)
    .join(' ');
  return (
    <div className={wide ? 'field wide' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {cloneElement(children, {
        id,
        'aria-describedby': described === '' ? undefined : described,
        ...(fault !== undefined && { 'aria-invalid': true }),
      })}
      {fault === undefined ? null : (
        <span className="fault" id={`${id}-fault`}>
          {fault}
        </span>
      )}
      {hint === undefined ? null : (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

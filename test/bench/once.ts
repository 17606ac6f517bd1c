/** Does a piece of work once for each key, whoever asks: rows of one round read the same measurement. */
export class Once<K extends object, V> {
  private readonly begun = new WeakMap<K, Promise<V>>();

  constructor(private readonly work: (key: K) => Promise<V>) {}

  of(key: K): Promise<V> {
    const running = this.begun.get(key) ?? this.work(key);
    this.begun.set(key, running);
    return running;
  }
}

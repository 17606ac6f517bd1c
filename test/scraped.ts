/** What a process told at /metrics, as a scraper reads it. */
export class Scraped {
  private readonly samples: { name: string; labels: Map<string, string>; value: number }[];

  constructor(readonly text: string) {
    this.samples = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map(sampleOf);
  }

  /** The sum of the samples of a name that have these labels. */
  readonly sum = (name: string, labels: object = {}): number =>
    this.samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels.get(label) === value))
      .reduce((sum, { value }) => sum + value, 0);

  has(name: string): boolean {
    return this.samples.some((sample) => sample.name === name);
  }

  /** Type and help of each metric. */
  described(): Map<string, { type: string; help: string }> {
    const help = new Map(
      Array.from(this.text.matchAll(/^# HELP (\w+) (.+)$/gm), ([, name = '', text = '']) => [name, text]),
    );
    return new Map(
      Array.from(this.text.matchAll(/^# TYPE (\w+) (\w+)$/gm), ([, name = '', type = '']) => [
        name,
        { type, help: help.get(name) ?? '' },
      ]),
    );
  }

  /** The names of the labels of each sample of a metric, sorted; without those of a histogram's own. */
  labelsOf(metric: string): string[][] {
    return this.samples
      .filter(({ name }) => name.replace(/_(?:bucket|sum|count)$/, '') === metric || name === metric)
      .map(({ labels }) => [...labels.keys()].filter((label) => label !== 'le').sort());
  }
}

function sampleOf(line: string): { name: string; labels: Map<string, string>; value: number } {
  const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (value === undefined) throw new Error(`this is no sample: ${line}`);
  const pairs = Array.from(labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g), ([, label = '', text = '']) => [label, text]);
  return { name, labels: new Map(pairs as [string, string][]), value: Number(value) };
}

export async function scrape(url: string, token: string): Promise<Scraped> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
  return new Scraped(await answer.text());
}

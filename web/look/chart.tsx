import { type ReactNode, useEffect, useRef } from 'react';
import UPlot, { type AlignedData, type Options } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';

export interface ChartLine {
  readonly name: string;
  /** A colour of look.css, such as `--held`. */
  readonly colour: string;
  readonly values: readonly number[];
  readonly bars?: boolean;
}

interface ChartParts {
  /** What is told, for those who do not see it. */
  readonly label: string;
  /** Where each value stands, ascending. */
  readonly places: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly placeText: (place: number) => string;
  readonly height?: number;
  /** Which distances between places may be written below. */
  readonly steps?: readonly number[];
}

const DARK = matchMedia('(prefers-color-scheme: dark)');

/** A canvas takes no variables: their colours as they are now. */
function colourOf(element: HTMLElement, variable: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${variable})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function optionsOf(element: HTMLElement, { lines, placeText, height = 150, steps }: ChartParts): Options {
  const [soft, line] = [colourOf(element, '--soft'), colourOf(element, '--line')];
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: soft, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const bars = UPlot.paths.bars?.({ size: [0.8, 60], align: 1 });
  return {
    width: element.clientWidth,
    height,
    cursor: { show: false },
    legend: { show: false },
    scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_plot, splits) => splits.map(placeText),
        space: 70,
        ...(steps && { incrs: [...steps] }),
      },
      { ...axis, size: 44 },
    ],
    series: [
      {},
      ...lines.map(({ name, colour, bars: asBars = false }) => {
        const stroke = colourOf(element, colour);
        return {
          ...{ label: name, stroke, width: asBars ? 0 : 2, points: { show: false } },
          ...(asBars && bars && { paths: bars, fill: stroke }),
        };
      }),
    ],
  };
}

/** Values over a place: a canvas by uPlot, drawn anew as they change, and when the page turns dark. */
export function Chart(parts: ChartParts): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const shape = parts.lines.map(({ name }) => name).join();
  const values: AlignedData = [[...parts.places], ...parts.lines.map((line) => [...line.values])];
  const latest = useRef({ parts, values });
  useEffect(() => {
    latest.current = { parts, values };
    plot.current?.setData(values);
  });
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const draw = (): void => {
      plot.current?.destroy();
      plot.current = new UPlot(optionsOf(element, latest.current.parts), latest.current.values, element);
    };
    const widths = new ResizeObserver(() => {
      const { height = 150 } = latest.current.parts;
      plot.current?.setSize({ width: element.clientWidth, height });
    });
    draw();
    widths.observe(element);
    DARK.addEventListener('change', draw);
    return () => {
      widths.disconnect();
      DARK.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  return (
    <div className="chart" role="img" aria-label={parts.label}>
      <div ref={place} className="plot" />
      <p aria-hidden="true">
        {parts.lines.map(({ name, colour }) => (
          <span key={name} className="small soft">
            <i style={{ background: `var(${colour})` }} />
            {name}
          </span>
        ))}
      </p>
    </div>
  );
}

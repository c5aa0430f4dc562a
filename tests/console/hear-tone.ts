import type { Page } from 'puppeteer-core';

interface Heard {
  frequency: number;
  /** dBFS. */
  level: number;
}

const SILENCE_DBFS = -80;
const LOUD_DBFS = -45;

/** Waits until the page's audio elements play a tone within 2 %, or, for 0, nothing for half a second. */
export async function hearTone(page: Page, hertz: number, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  let heard = await listen(page);
  while (!matches(heard, hertz)) {
    if (Date.now() > deadline) {
      throw new Error(
        `The page plays ${JSON.stringify(heard)}, not ${hertz === 0 ? 'silence' : `${hertz} Hz`}.`,
      );
    }
    heard = await listen(page);
  }
}

function matches({ frequency, level }: Heard, hertz: number): boolean {
  if (hertz === 0) return level < SILENCE_DBFS;
  return level > LOUD_DBFS && Math.abs(frequency / hertz - 1) < 0.02;
}

/** Listens for half a second to what all audio elements play together. */
function listen(page: Page): Promise<Heard> {
  return page.evaluate(async () => {
    const context = new AudioContext({ sampleRate: 48_000 });
    const analyser = new AnalyserNode(context, { fftSize: 16_384, smoothingTimeConstant: 0 });
    for (const element of document.querySelectorAll('audio')) {
      const { srcObject } = element;
      if (!(srcObject instanceof MediaStream) || element.paused) continue;
      if (srcObject.getAudioTracks().length === 0) continue;
      context.createMediaStreamSource(srcObject).connect(analyser);
    }
    await context.resume();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    await context.close();
    const meanSquare = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const frequency = (bins.indexOf(Math.max(...bins)) * 48_000) / analyser.fftSize;
    return { frequency, level: Math.max(-200, 10 * Math.log10(meanSquare)) };
  });
}

import { createEchoEngine } from './echo-engine.ts';
import type { Engine, EnginePorts } from './engine.ts';
import type { EngineName, EngineSettings } from './engine-messages.ts';

const makers: Readonly<Record<EngineName, (settings: EngineSettings, ports: EnginePorts) => Engine>> = {
  echo: createEchoEngine,
};

export function createEngine(name: EngineName, settings: EngineSettings, ports: EnginePorts): Engine {
  return makers[name](settings, ports);
}

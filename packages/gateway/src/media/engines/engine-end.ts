import type { Leg, Partner } from '../leg.ts';
import type { Engine, EnginePorts } from './engine.ts';

/** An engine as the other end of a leg. */
export interface EngineEnd extends Partner {
  engine: Engine;
}

export function createEngineEnd(
  leg: Leg,
  create: (ports: EnginePorts) => Engine,
  ports: Pick<EnginePorts, 'tell' | 'callId'> & { closed: () => void },
): EngineEnd {
  const { tell, callId, closed } = ports;
  const engine = create({
    tell,
    callId,
    speak: leg.speak,
    hush: leg.hush,
    relay: (packet) => {
      leg.hear(end, packet);
    },
  });
  const end: EngineEnd = {
    id: `engine of ${leg.id}`,
    engine,
    isHeld: () => false,
    hear: (_, packet) => {
      if (!leg.isHeld()) engine.hear(packet);
    },
    // What the engine passes on must have no gap where a key was pressed.
    passOver: (_, packet) => {
      leg.passOver(end, packet);
    },
    listenTo: (partner) => {
      if (partner !== undefined) return;
      engine.close();
      closed();
    },
  };
  return end;
}

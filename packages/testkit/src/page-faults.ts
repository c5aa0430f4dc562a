import { assertTalking, type Fault, type FaultScene, type Figures } from './fault-scene.ts';

/** Faults of the page in which a call is. */
export const pageFaults = {
  /** Only with `hangupOnBeforeUnload: false`. */
  reload: {
    name: 'the page is reloaded',
    run: async (scene: FaultScene): Promise<Figures> => {
      const { alice, bob, outgoing } = scene;
      const since = Date.now();
      await alice.reload();
      const loadedAt = Date.now();
      const isBack = ({ at, call }: { at: number; call?: { id: string; state: string } }) =>
        at > since && call?.id === outgoing.id && call.state === 'active';
      const { at } = await alice.events.next(isBack, 'the call again', { withinMs: 20_000 });
      const [heardByAlice, heardByBob] = await Promise.all([
        alice.ear.firstSound(since, -45, 20_000),
        bob.ear.firstSound(Math.max(since + 500, at - 500), -45, 20_000),
      ]);
      await assertTalking(scene);
      return { back: at - loadedAt, heard: Math.max(heardByAlice, heardByBob) - loadedAt };
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

import { type GatewayProcessOptions, type Stage, openStage } from '@parley/testkit';
import { afterEach, beforeAll } from 'vitest';

/** A stage for all tests of a file. When one fails, what happened on it is told. */
export function useStage(options: GatewayProcessOptions = {}): Stage {
  let opened: Stage | undefined;
  const stage = () => {
    if (opened === undefined) throw new Error('The stage is opened before the first test, not before.');
    return opened;
  };
  beforeAll(async () => {
    opened = await openStage(options);
    return () => stage().close();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.log(stage().story());
  });
  return {
    get gateway() {
      return stage().gateway;
    },
    enter: (name, casting) => stage().enter(name, casting),
    clear: () => stage().clear(),
    story: () => stage().story(),
    close: () => stage().close(),
  };
}

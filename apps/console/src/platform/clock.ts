export const clock = {
  now: () => Date.now(),
  after(ms: number, listener: () => void) {
    const timer = setTimeout(listener, ms);
    return () => clearTimeout(timer);
  },
};

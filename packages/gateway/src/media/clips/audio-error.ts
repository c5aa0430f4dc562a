/** A sound file that cannot be used. The message goes on from the name of where it was given: "is too short". */
export class AudioError extends Error {
  readonly code = 'unusable-audio';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AudioError';
  }
}

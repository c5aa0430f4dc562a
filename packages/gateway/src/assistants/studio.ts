/** Makes the sounds that assistants say. */
export interface Studio {
  /** Makes a clip of a WAV or Ogg Opus file. @throws AudioError where that is not possible */
  encode(file: Uint8Array): Promise<string>;
  /** Reads a text out. @returns a WAV file; null where no program for it is installed */
  speak(text: string): Promise<Uint8Array | null>;
}

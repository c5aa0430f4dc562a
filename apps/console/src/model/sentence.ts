/** What a person is told: what happened, and what they can do about it (empty where there is nothing to do). */
export interface Sentence {
  what: string;
  todo: string;
}

/** What only the moment knows: the far end's name, and how this browser is told to give the microphone. */
export interface Words {
  who: string;
  remedy: string;
}

export function fillIn({ what, todo }: Sentence, { who, remedy }: Words): Sentence {
  const fill = (text: string) => text.replaceAll('{who}', () => who).replaceAll('{remedy}', () => remedy);
  return { what: fill(what), todo: fill(todo) };
}

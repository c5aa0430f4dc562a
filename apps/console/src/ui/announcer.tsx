import { usePhoneState } from './console-context.ts';

/** The live regions. They are there from the start, because a screen reader overlooks one that arrives with its text. */
export function Announcer() {
  const { announcement } = usePhoneState();
  const text = (urgent: boolean) => (announcement?.urgent === urgent ? announcement.text : '');
  return (
    <div className="visually-hidden">
      <div role="status">{text(false)}</div>
      <div role="alert">{text(true)}</div>
    </div>
  );
}

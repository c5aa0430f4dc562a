import { useId } from 'react';
import { type Device, choices, inUse } from '../model/devices.ts';
import { useConsole, usePhoneState } from './console-context.ts';
import { Icon, type IconName } from './icon.tsx';

export function SoundSettings() {
  const { phone } = useConsole();
  const { devices, settings } = usePhoneState();
  return (
    <section className="sound panel" aria-labelledby="sound-heading">
      <h2 id="sound-heading">Sound</h2>
      <DevicePicker
        label="Microphone"
        icon="microphone"
        devices={devices.microphones}
        chosen={settings.microphone}
        onChoose={(microphone) => phone.changeSettings({ microphone })}
      />
      {phone.canChooseSpeaker && (
        <DevicePicker
          label="Speaker"
          icon="speaker"
          devices={devices.speakers}
          chosen={settings.speaker}
          onChoose={(speaker) => phone.changeSettings({ speaker })}
        />
      )}
      <p className="hint">{hintText(devices.permission, devices.microphones, phone.canChooseSpeaker)}</p>
    </section>
  );
}

interface DevicePickerProps {
  label: string;
  icon: IconName;
  devices: readonly Device[];
  chosen: string;
  onChoose: (id: string) => void;
}

function DevicePicker({ label, icon, devices, chosen, onChoose }: DevicePickerProps) {
  const field = useId();
  return (
    <div className="device">
      <label htmlFor={field}>
        <Icon name={icon} />
        {label}
      </label>
      <select id={field} value={inUse(chosen, devices)} onChange={(event) => onChoose(event.target.value)}>
        <option value="">As the system chooses</option>
        {choices(devices).map(({ id, label: name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function hintText(permission: string, microphones: readonly Device[], canChooseSpeaker: boolean): string {
  if (microphones.length === 0) return 'No microphone is plugged in or switched on.';
  if (choices(microphones).length === 0 && permission !== 'denied') {
    return 'The devices have their names here once you have allowed the microphone in a call.';
  }
  return canChooseSpeaker ? '' : 'This browser plays calls where the system plays its sound.';
}

/** Light or dark: as the system has it, unless the reader chooses. */
import { effect } from '@preact/signals';
import { Remembered } from '../remembered.js';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];

const theme = new Remembered<Theme>('vicinal-demo.theme', 'system', (stored) =>
  themes.find((name) => name === stored),
);

effect(() => {
  if (theme.value === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

export function ThemeChoice() {
  return (
    <label class="theme">
      <span class="hidden">Colours</span>
      <select
        id="theme"
        value={theme.value}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Theme;
          theme.update(() => chosen);
        }}
      >
        <option value="system">System colours</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

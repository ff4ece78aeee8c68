/** Which module to run. Relaxed SIMD is not in every browser. */

import { variantChoices } from '../address.js';
import { change, place } from '../navigation.js';
import { hasRelaxedSimd } from './workers.js';

export function VariantSelect() {
  return (
    <label class="field">
      <span>Module</span>
      <select
        id="variant"
        value={place.value.settings.variant ?? 'automatic'}
        onChange={({ currentTarget: { value } }) =>
          change({ variant: value === 'simd128' || value === 'relaxed' ? value : undefined })
        }
      >
        {variantChoices.map((choice) => (
          <option
            key={choice}
            value={choice}
            disabled={choice === 'relaxed' && hasRelaxedSimd.value === false}
          >
            {choice}
          </option>
        ))}
      </select>
    </label>
  );
}

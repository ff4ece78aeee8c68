/**
Calibrating the `efSearch` of an engine's graph in steps.

@module
*/
import type { Handle } from './handle.js';
import { scratchBytes } from './scratch.js';
import type { Steps } from './steps.js';

/** Of a calibration that is done. */
const thousandths = 1000;

/** @param queries - `[count x dim]`; none: a sample of the engine's rows. */
export function* calibrationSteps(handle: Handle, queries: Float32Array, count: number): Steps<void> {
  handle.beginLongCall('calibrate');
  try {
    const at = handle.runtime.scratch(scratchBytes(queries.length)).putFloats(queries);
    handle.checked((raw, engine) => raw.engineBeginCalibration(engine, at, count), {
      row: 0,
      dim: count > 0 ? queries.length / count : 1,
    });
    for (let done = 0; done < thousandths; ) {
      done = handle.checked((raw, engine) => raw.engineCalibrationStep(engine));
      yield { done, total: thousandths };
    }
  } finally {
    if (!handle.disposed) handle.call((raw, engine) => raw.engineEndCalibration(engine));
    handle.endLongCall();
  }
}

/**
Training of an engine's codec, lists and graph in steps, so that it can be watched and stopped.

@module
*/
import { rowsAt } from './arguments.js';
import type { Handle } from './handle.js';
import { linkSteps } from './link-steps.js';
import { scratchBytes } from './scratch.js';
import type { Steps } from './steps.js';

/** Bytes of rows handed over at a time. */
const pieceBytes = 4 << 20;

/** What the module tells of a training that is done. */
const thousandths = 1000;

/** Of lists, when they are known, and rows begin to move to them (src/index/ivf/ivf_training.cpp). */
const clustered = 799;

/** Linking rows to a graph takes many times as long as coding them: its thousandths in the progress. */
const linkingThousandths = 9 * thousandths;

/** What of an engine is to be trained. */
export interface TrainingPlan {
  /** Its codec, on the rows that there are and on `rowCount` more. */
  readonly codec: boolean;
  /** Its lists. */
  readonly lists: boolean;
  /** Its graph: rows that it does not hold, which with a new codec are all, are linked to it; all anew where it is worn. */
  readonly links: boolean;
  /** 0: the default. */
  readonly nlist: number;
  readonly seed: number;
}

/** Trains what the plan says; `flat` is `[rowCount x dim]`. */
export function* trainSteps(
  handle: Handle,
  plan: TrainingPlan,
  flat: Float32Array,
  rowCount: number,
  dim: number,
): Steps<void> {
  const total =
    thousandths * (Number(plan.codec) + Number(plan.lists)) + (plan.links ? linkingThousandths : 0);
  handle.beginLongCall('train', { letsRead: true });
  try {
    let before = 0;
    if (plan.codec) {
      begin(handle, false, flat, rowCount, dim);
      for (let done = 0; done < thousandths; ) {
        done = step(handle);
        yield { done, total };
      }
      before = thousandths;
    }
    if (plan.lists) {
      const { runtime, addressInLongCall: address } = handle;
      runtime.checked((raw) => raw.engineBeginListTraining(address, plan.nlist, plan.seed));
      let done = 0;
      try {
        while (done < thousandths) {
          done = listStep(handle);
          yield { done: before + done, total };
        }
      } finally {
        // Once rows move to their lists, they all do: a stop would leave them in old and new ones.
        while (done >= clustered && done < thousandths) done = listStep(handle);
      }
    }
    if (plan.links) {
      for (const share of linkSteps(handle, true))
        yield { done: before + Math.floor(linkingThousandths * share), total };
      const { runtime, addressInLongCall: address } = handle;
      runtime.call((raw) => raw.engineEndAdd(address));
    }
  } finally {
    end(handle);
    handle.endLongCall();
  }
}

/**
Trains, within another long call, where rows to be added make enough to learn from.

@param counts - Whether progress counts the rows that it learns from.
@returns How many of them there were; 0 where they do not count.
*/
export function* trainBeforeAdding(
  handle: Handle,
  flat: Float32Array,
  rowCount: number,
  dim: number,
  counts: boolean,
): Steps<number> {
  const { runtime, addressInLongCall: address } = handle;
  const [least, trained, size] = runtime.call((raw) => [
    raw.engineTrainingLeast(address),
    raw.engineIsTrained(address),
    raw.engineSize(address),
  ]);
  if (least === 0 || trained || size + rowCount < least || rowCount === 0) return 0;
  try {
    const count = begin(handle, true, flat, rowCount, dim);
    const learning = counts ? count : 0;
    for (;;) {
      const done = step(handle);
      if (done === thousandths) return learning;
      yield { done: Math.floor((learning * done) / thousandths), total: learning + rowCount };
    }
  } finally {
    end(handle);
  }
}

/**
Hands over as many rows as the codec can use, evenly spread.

@returns How many.
*/
function begin(handle: Handle, forAdd: boolean, flat: Float32Array, rowCount: number, dim: number): number {
  const { runtime, addressInLongCall: address } = handle;
  const room = runtime.checked((raw) => raw.engineBeginTraining(address, forAdd));
  const count = Math.min(room, rowCount);
  const rowsPerPiece = Math.max(1, Math.floor(pieceBytes / (dim * 4)));
  const rowOf = (index: number) => Math.floor((index * rowCount) / count);
  for (let first = 0; first < count; first += rowsPerPiece) {
    const pieceCount = Math.min(rowsPerPiece, count - first);
    const piece = new Float32Array(pieceCount * dim);
    for (let i = 0; i < pieceCount; i++) piece.set(rowsAt(flat, dim, rowOf(first + i), 1), i * dim);
    const rows = runtime.scratch(scratchBytes(piece.length)).putFloats(piece);
    const bytesPerRow = dim * 4;
    const reply = runtime.call((raw) => raw.engineAddTrainingRows(address, rows, pieceCount));
    if (reply >= 0) continue;
    // Which row it was, counted from the start of `flat`.
    for (let i = 0; i < pieceCount; i++) {
      const offset = { row: rowOf(first + i), dim };
      runtime.checked((raw) => raw.engineAddTrainingRows(address, rows + i * bytesPerRow, 1), offset);
    }
  }
  return count;
}

function step({ runtime, addressInLongCall: address }: Handle): number {
  return runtime.checked((raw) => raw.engineTrainingStep(address));
}

function listStep({ runtime, addressInLongCall: address }: Handle): number {
  return runtime.checked((raw) => raw.engineListTrainingStep(address));
}

function end(handle: Handle): void {
  if (handle.disposed) return;
  const { runtime, addressInLongCall: address } = handle;
  runtime.call((raw) => {
    raw.engineEndTraining(address);
    raw.engineEndListTraining(address);
  });
}

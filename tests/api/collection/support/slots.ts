/** The slots of a set of bits, smallest first. */
export function slotsOf(words: Uint32Array): number[] {
  const slots: number[] = [];
  for (let slot = 0; slot < words.length * 32; slot++) {
    if (((words[slot >>> 5] as number) >>> (slot & 31)) & 1) slots.push(slot);
  }
  return slots;
}

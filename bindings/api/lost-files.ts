/**
What to say where the package's files are not beside its scripts.

@module
*/

/**
What helps in that case.

@param scriptUrl - The script's own address; a script of the classic kind has none.
@param options - Those that say where the file is.
*/
export function lostFileRemedy(scriptUrl: string | undefined, options: string): string {
  // In development, Vite up to version 7 copies a dependency's scripts to this folder, and not the files beside them.
  return /\/\.vite\/deps\//.test(String(scriptUrl))
    ? "add `optimizeDeps: { exclude: ['vicinal'] }` to Vite's configuration"
    : `pass ${options}, or add '/inline' to the name in the import`;
}

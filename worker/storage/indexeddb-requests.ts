/**
IndexedDB's requests and transactions as promises.

@module
*/

export function requested<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves once a transaction is committed; `strict`, once it is durable. */
export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Opens a database, which `make` gives its stores where it is new. */
export function openDatabase(name: string, make: (database: IDBDatabase) => void): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => make(request.result);
  return requested(request);
}

/** @param onBlocked - Called where somebody has the database open: it is deleted once nobody has. */
export function deleteDatabase(name: string, onBlocked?: () => void): Promise<unknown> {
  const request = indexedDB.deleteDatabase(name);
  if (onBlocked !== undefined) request.onblocked = onBlocked;
  return requested(request);
}

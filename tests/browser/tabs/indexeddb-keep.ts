/**
Points kept in IndexedDB, for collections that are to outlive their page.

@module
*/
import type { PointRecord } from 'vicinal/worker';
import type { Keep } from '../../support/tabs/kept-collection.js';

export function indexedDbKeep(name: string): Keep {
  const opened = open(name);
  return {
    load: async () => {
      const store = (await opened).transaction('points').objectStore('points');
      return ((await answerOf(store.get('all'))) ?? []) as readonly PointRecord[];
    },
    save: async (points) => {
      const transaction = (await opened).transaction('points', 'readwrite', { durability: 'strict' });
      transaction.objectStore('points').put(points, 'all');
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    },
  };
}

function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore('points');
  return answerOf(request);
}

function answerOf<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// What is kept on the phone, by IndexedDB: a write is done when it is on the phone's disk.

const STORES = { keep: null, records: "client_id", photos: "sha256", lists: "list_id", receipts: "client_id" };

export function openStore(name) {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) {
        asked.result.createObjectStore(store, keyPath ? { keyPath } : undefined);
      }
    };
    asked.onsuccess = () => done(new Store(asked.result));
    asked.onerror = () => failed(asked.error);
    asked.onblocked = () => failed(new Error("blocked"));
  });
}

export class Store {
  constructor(db) {
    this.db = db;
  }

  // Run one transaction; `act` gets the stores by name and may return a request or nothing.
  run(names, mode, act) {
    return new Promise((done, failed) => {
      const options = mode === "readwrite" ? { durability: "strict" } : undefined;
      const tx = this.db.transaction(names, mode, options);
      let request;
      // A full phone may say so at the request, at the end, or by breaking off.
      tx.oncomplete = () => done(request?.result);
      tx.onabort = () => failed(tx.error || request?.error || new Error("abort"));
      try {
        request = act(Object.fromEntries(names.map((n) => [n, tx.objectStore(n)])));
      } catch (fault) {
        failed(fault);
        tx.abort();
      }
    });
  }

  get(store, key) {
    return this.run([store], "readonly", (s) => s[store].get(key));
  }

  all(store) {
    return this.run([store], "readonly", (s) => s[store].getAll());
  }

  keys(store) {
    return this.run([store], "readonly", (s) => s[store].getAllKeys());
  }

  put(store, value, key) {
    return this.run([store], "readwrite", (s) => s[store].put(value, key));
  }

  remove(store, ...keys) {
    return this.run([store], "readwrite", (s) => keys.forEach((key) => s[store].delete(key)));
  }

  wipe() {
    const names = Object.keys(STORES);
    return this.run(names, "readwrite", (s) => names.forEach((n) => n !== "receipts" && s[n].clear()));
  }
}

export const full = (fault) => fault?.name === "QuotaExceededError" || /quota|disk|space/i.test(fault?.message || "");

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Stop } from './failure.ts';

/** A headless Chromium that runs no scripts of pages, used as a person would: by what stands there, mouse and keys. */
export interface Browser {
  /** Goes to an address. */
  visit(url: string): Promise<void>;
  /** Types into the field that a CSS selector finds first. */
  type(selector: string, text: string): Promise<void>;
  /** Presses what a CSS selector finds first, and waits for the page that follows. */
  press(selector: string): Promise<void>;
  /** The page's HTML as it stands. */
  html(): Promise<string>;
  title(): Promise<string>;
  close(): Promise<void>;
}

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program, as it stands on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(':');
  return folders.flatMap((folder) => programs.map((one) => join(folder, one))).find((one) => existsSync(one));
}

/** Starts one, on loopback alone. */
export async function openBrowser(): Promise<Browser> {
  const program = findChromium();
  if (!program)
    throw new Stop('There is no Chromium: install the package `chromium` (Debian), or put one on the PATH.');
  const folder = mkdtempSync(join(tmpdir(), 'browser-'));
  const child = spawn(
    program,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      ...['--no-first-run', '--disable-dev-shm-usage', '--remote-debugging-port=0'],
      ...[`--user-data-dir=${folder}`, 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      const [, found] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (found) resolve(found);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Stop(`Chromium ended at once (${code})`)));
  });
  const wire = await openWire(await pageAt(address));
  await wire.send('Page.enable');
  await wire.send('Emulation.setScriptExecutionDisabled', { value: true });
  const close = async () => {
    wire.close();
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { ...hands(wire), close };
}

async function pageAt(browser: string): Promise<string> {
  const pages = (await (await fetch(`http://${new URL(browser).host}/json/list`)).json()) as {
    type: string;
    webSocketDebuggerUrl: string;
  }[];
  const page = pages.find(({ type }) => type === 'page');
  if (!page) throw new Stop('Chromium shows no page');
  return page.webSocketDebuggerUrl;
}

interface Wire {
  // biome-ignore lint/suspicious/noExplicitAny: answers of the browser's protocol, each of its own form
  send(method: string, params?: object): Promise<any>;
  /** Resolves with the next event of that name. */
  next(event: string): Promise<void>;
  close(): void;
}

async function openWire(url: string): Promise<Wire> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const awaited: { event: string; resolve: () => void }[] = [];
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error, method } = JSON.parse(String(data));
    if (id === undefined) {
      for (const one of awaited.filter(({ event }) => event === method)) {
        awaited.splice(awaited.indexOf(one), 1);
        one.resolve();
      }
      return;
    }
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  });
  let count = 0;
  return {
    send: (method, params = {}) =>
      new Promise((resolve, reject) => {
        waiting.set(++count, { resolve, reject });
        socket.send(JSON.stringify({ id: count, method, params }));
      }),
    next: (event) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`The browser does not say ${event}`)), 30_000);
        awaited.push({
          event,
          resolve: () => {
            clearTimeout(timer);
            resolve();
          },
        });
      }),
    close: () => socket.close(),
  };
}

function hands(wire: Wire): Omit<Browser, 'close'> {
  const find = async (selector: string): Promise<number> => {
    const { root } = await wire.send('DOM.getDocument', { depth: 0 });
    const { nodeId } = await wire.send('DOM.querySelector', { nodeId: root.nodeId, selector });
    if (!nodeId) throw new Error(`The page has no ${selector}`);
    return nodeId;
  };
  const htmlOf = async (selector: string): Promise<string> =>
    (await wire.send('DOM.getOuterHTML', { nodeId: await find(selector) })).outerHTML;
  return {
    async visit(url) {
      const loaded = wire.next('Page.loadEventFired');
      await wire.send('Page.navigate', { url });
      await loaded;
    },
    async type(selector, text) {
      await wire.send('DOM.focus', { nodeId: await find(selector) });
      await wire.send('Input.insertText', { text });
    },
    async press(selector) {
      const nodeId = await find(selector);
      await wire.send('DOM.scrollIntoViewIfNeeded', { nodeId });
      const { model } = await wire.send('DOM.getBoxModel', { nodeId });
      const [x, y, , , right, bottom] = model.content as number[];
      const at = {
        x: (Number(x) + Number(right)) / 2,
        y: (Number(y) + Number(bottom)) / 2,
        button: 'left',
        clickCount: 1,
      };
      const loaded = wire.next('Page.loadEventFired');
      await wire.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
      await wire.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
      await loaded;
    },
    html: () => htmlOf('html'),
    title: async () => (await htmlOf('title')).replace(/<[^>]*>/g, ''),
  };
}

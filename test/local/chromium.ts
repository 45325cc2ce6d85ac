import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const quiet = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
const own = [...quiet, '--no-first-run', '--disable-dev-shm-usage'];
const waitMs = 20_000;
const run = promisify(execFile);

/** Whether a browser is there; CI demands it (`CHROMIUM=required`). */
export function hasChromium(): boolean {
  try {
    execFileSync('chromium', ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env.CHROMIUM === 'required') throw error;
    return false;
  }
}

/** What a browser that looks once makes of an address, scripts and all. */
export async function dumpDom(url: string): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  try {
    const flags = [...own, `--user-data-dir=${profile}`, '--dump-dom', url];
    return (await run('chromium', flags, { timeout: waitMs })).stdout;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Told {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A page in a headless Chromium whose scripts are switched off. */
export interface Tab {
  readonly open: (url: string) => Promise<void>;
  readonly html: () => Promise<string>;
  readonly type: (selector: string, text: string) => Promise<void>;
  /** Clicks with the mouse, and waits for the page that follows. */
  readonly click: (selector: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openTab(): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const flags = [...own, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const child = spawn('chromium', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const socket = new WebSocket(await addressOf(child));
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const { send, next } = speak(socket);
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const tell = (method: string, params: object = {}) => send(method, params, String(sessionId));
  await tell('Page.enable');
  await tell('Emulation.setScriptExecutionDisabled', { value: true });
  const find = async (selector: string) => {
    const { root } = await tell('DOM.getDocument');
    const { nodeId } = await tell('DOM.querySelector', {
      nodeId: (root as { nodeId: number }).nodeId,
      selector,
    });
    if (!nodeId) throw new Error(`There is no ${selector} on the page`);
    return { nodeId };
  };
  return {
    open: async (url) => {
      const loaded = next('Page.loadEventFired');
      await tell('Page.navigate', { url });
      await loaded;
    },
    html: async () => String((await tell('DOM.getOuterHTML', await find('html'))).outerHTML),
    type: async (selector, text) => {
      await tell('DOM.focus', await find(selector));
      await tell('Input.insertText', { text });
    },
    click: async (selector) => {
      const node = await find(selector);
      await tell('DOM.scrollIntoViewIfNeeded', node);
      const { model } = await tell('DOM.getBoxModel', node);
      const [left = 0, top = 0, , , right = 0, bottom = 0] = (model as { content: number[] }).content;
      const at = { x: (left + right) / 2, y: (top + bottom) / 2, button: 'left', clickCount: 1 };
      const loaded = next('Page.loadEventFired');
      await tell('Input.dispatchMouseEvent', { type: 'mousePressed', ...at });
      await tell('Input.dispatchMouseEvent', { type: 'mouseReleased', ...at });
      await loaded;
    },
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await send('Browser.close').catch(() => child.kill());
      await gone;
      socket.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Where the browser says that it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Chromium does not listen: ${said}`)), waitMs);
    child.once('exit', () => reject(new Error(`Chromium has ended: ${said}`)));
    child.stderr?.on('data', (data) => {
      said += data;
      const address = /ws:\/\/\S+/.exec(said)?.[0];
      if (!address) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

function speak(socket: WebSocket) {
  let count = 0;
  const waiting = new Map<number, (told: Told) => void>();
  const listeners = new Map<string, () => void>();
  socket.onmessage = ({ data }) => {
    const told = JSON.parse(String(data)) as Told;
    if (told.id !== undefined) waiting.get(told.id)?.(told);
    if (told.method) listeners.get(told.method)?.();
  };
  const within = <T>(what: string, start: (done: (value: T) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not happen in time`)), waitMs);
      start((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  const send = async (method: string, params: object = {}, sessionId?: string) => {
    const id = ++count;
    const { error, result = {} } = await within<Told>(method, (done) => {
      waiting.set(id, done);
      socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    });
    waiting.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const next = (event: string) => within<void>(event, (done) => void listeners.set(event, () => done()));
  return { send, next };
}

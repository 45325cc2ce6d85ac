import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { taken } from './listen.ts';
import type { Mail } from './ses.ts';

const require = createRequire(import.meta.url);

/** The page of accepted mails. */
export interface Inbox {
  readonly url: string;
  show(mail: Mail): void;
  stop(): Promise<void>;
}

// aws-ses-v2-local keeps its mails in a variable of its module: a thread of its own gives every stack its own.
const program = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { default: serve } = require(workerData.server);
  const { saveEmail } = require(workerData.store);
  serve({ host: '127.0.0.1', port: workerData.port }).then((server) => {
    server.on('error', (error) => parentPort.postMessage({ code: error.code }));
    if (server.listening) parentPort.postMessage({ port: server.address().port });
    else server.on('listening', () => parentPort.postMessage({ port: server.address().port }));
  }, (error) => parentPort.postMessage({ code: error.code }));
  parentPort.on('message', saveEmail);
`;

export function startInbox(port: number): Promise<Inbox> {
  const worker = new Worker(program, {
    eval: true,
    workerData: {
      port,
      server: require.resolve('aws-ses-v2-local'),
      store: require.resolve('aws-ses-v2-local/dist/store.js'),
    },
  });
  return new Promise((resolve, reject) => {
    const refuse = (code: string | undefined) => {
      void worker.terminate();
      reject(
        taken(
          Object.assign(new Error(`The inbox did not start: ${code}`), code ? { code } : {}),
          port,
          'inbox',
        ),
      );
    };
    worker.once('error', (error: NodeJS.ErrnoException) => refuse(error.code ?? error.message));
    worker.once('message', (said: { port?: number; code?: string }) => {
      if (!said.port) return refuse(said.code);
      resolve({
        url: `http://127.0.0.1:${said.port}`,
        show: (mail) => worker.postMessage(toEmail(mail)),
        stop: async () => void (await worker.terminate()),
      });
    });
  });
}

function toEmail(mail: Mail) {
  return {
    messageId: mail.messageId,
    from: mail.from,
    replyTo: [...mail.replyTo],
    destination: { to: [...mail.to], cc: [...mail.cc], bcc: [...mail.bcc] },
    subject: mail.subject,
    body: { html: mail.html, text: mail.text },
    attachments: [],
    at: Math.floor(Date.parse(mail.at) / 1000),
  };
}

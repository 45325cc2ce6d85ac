import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { callerOf, chapter, same } from './demo-client.ts';
import type { Tenant, Tenants } from './demo-people.ts';
import { compare, type Grove, listAll } from './demo-tree.ts';
import { type Credentials, logOn } from './ldap-tools.ts';

/** New passwords come sealed for the asker's key, and the directory itself says who may log on with them. */
export async function tryPasswords(grove: Grove, { fabrikam, contoso }: Tenants): Promise<void> {
  const { stage, south, directory } = grove;
  chapter('New passwords, sealed for the key of who asks; the directory says who may log on');
  const carla = await callerOf(stage, `carla@${fabrikam.domain}`);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const renew = async (by: typeof carla, tenant: Tenant, who: string): Promise<Credentials> => {
    const { body: found } = await by(`GET ${tenant.path}/users?q=${who}`);
    const [user] = found.items;
    await by(`POST ${tenant.path}/users/${user.id}/password-reset`, { body: { publicKey: key } });
    await stage.idle();
    const requests = `${tenant.path}/provisioning-requests`;
    const all = await listAll<{ id: string; kind: string; userId: string }>(by, requests);
    const asked = all.find(({ kind, userId }) => kind === 'USER_RESET_PASSWORD' && userId === user.id);
    const { body } = await by(`GET ${requests}/${asked?.id}`);
    const padding = { oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING };
    const password = privateDecrypt(
      { key: privateKey, ...padding },
      Buffer.from(body.sealedPassword, 'base64'),
    ).toString();
    return { user: user.upn, password };
  };
  const expectLogOn = async (as: Credentials, verdict: string) => {
    const said = await logOn(directory, as);
    console.log(`      log-on of ${as.user}: ${said}`);
    same(`log-on of ${as.user}`, said, verdict);
  };
  const right = 'password right, to be changed first';
  const fay = await renew(carla, fabrikam, 'fay');
  await expectLogOn({ ...fay, password: `${fay.password}x` }, 'wrong password');
  await expectLogOn(fay, right);
  await expectLogOn(await renew(south.admin, contoso, 'mia'), 'expired');
  await south.admin(`POST ${fabrikam.path}/disable`);
  await stage.idle();
  await expectLogOn(fay, 'disabled');
  await south.admin(`POST ${fabrikam.path}/enable`);
  await compare(grove);
  await expectLogOn(fay, right);
}

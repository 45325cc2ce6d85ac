import type { Credentials } from './sign.ts';

/**
 * Credentials as Lambda gives them: in the environment. Bundles take this in place of the SDK's default chain
 * (profiles, single sign-on, metadata services), which a function never uses: 135 KB less to load. Throws an Error without them.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
      throw new Error(
        'There are no credentials in the environment: eval "$(aws configure export-credentials --format env)"',
      );
    return {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    };
  };
}

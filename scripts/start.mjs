/**
 * Opens the extension on the sample workspace: in desktop VS Code if `code` is there, else, or where
 * GLASSBOX_VSCODE=server asks for it, in the VS Code server, which prints its address and runs until it is interrupted.
 */
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildProducts } from '../esbuild.mjs';
import { prepareModels } from './lib/models.mjs';
import { cache, root } from './lib/paths.mjs';
import { startServer } from './lib/server.mjs';
import { which } from './lib/system.mjs';
import { writeUserSettings } from './lib/user-settings.mjs';

await prepareModels();
await buildProducts();
const sample = join(root, 'sample');
const userData = join(cache, 'start');
writeUserSettings(userData);

const extensions = join(userData, 'extensions');
// It opens the walkthrough and the sample file, with the cursor where a suggestion comes.
cpSync(join(root, 'scripts/welcome'), join(extensions, 'glassbox.glassbox-welcome-1.0.0'), { recursive: true });

const desktop =
  process.env.GLASSBOX_VSCODE === 'server' ? undefined : which(process.platform === 'win32' ? 'code.cmd' : 'code');
if (desktop !== undefined) {
  const folders = [`--user-data-dir=${userData}`, `--extensions-dir=${extensions}`];
  spawn(desktop, ['--new-window', `--extensionDevelopmentPath=${root}`, ...folders, sample], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
} else {
  // Without the driver the server does not listen to the address's word about an extension under development.
  const args = ['--enable-smoke-test-driver', '--disable-workspace-trust'];
  const server = await startServer({ userData, extensions, args });
  console.log(
    `Glassbox runs in VS Code at\n\n  ${server.address(sample, [['extensionDevelopmentPath', server.uri(root)]])}\n\nCtrl+C ends it.`,
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop().then(() => process.exit()));
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Setting, sections, settings, valueInWords } from '../src/config/settings.ts';
import { clientSecretVariable } from '../src/config/variables.ts';

/** The page `docs/configuration.md`, made from the schema of the configuration. */
export function configurationReference(): string {
  const alone = settings.filter(({ path }) => path.length === 1);
  return `<!-- Made from src/config/config.ts by scripts/configuration-reference.ts: change it there. -->

# Configuration

Letterbox needs no configuration to start. What is set, is set in one YAML file, in environment variables, or in both;
where both set the same, the environment wins.

- **The file** is the one that \`--config FILE\` names, else the variable \`LETTERBOX_CONFIG\`, else \`letterbox.yaml\` in
  the working folder if it is there.
- **A variable** is \`LETTERBOX_\` and the name in capitals: \`listen.port\` is \`LETTERBOX_LISTEN_PORT\`. Lists are
  separated by commas.
- Paths of files and folders are taken from the working folder.
- Everything that is wrong or unknown is refused at the start, all of it at once, with its name, what was expected and
  where it stands. Nothing is guessed.

\`\`\`yaml
publicUrl: https://mail.contoso.com
dataFolder: /var/lib/letterbox
tls:
  certificate: /etc/letterbox/fullchain.pem
  key: /etc/letterbox/key.pem
masterKey:
  file: /etc/letterbox/master.key
delivery:
  allowPrivateAddresses: [10.1.0.0/16]
\`\`\`

## At the top

${table(alone)}
${sections
  .map(
    ({ name, schema }) => `
## ${name}

${schema.description}

${table(settings.filter(({ path }) => path.length > 1 && path[0] === name))}
`,
  )
  .join('')}
## Other variables

| variable | what it is for |
| --- | --- |
| \`LETTERBOX_CONFIG\` | the configuration file |
| \`${clientSecretVariable}\` | a client secret for \`letterbox profile add\`, so that no other user of the machine sees it |
`;
}

function table(rows: Setting[]): string {
  const lines = rows.map(
    ({ name, variable, schema }) =>
      `| \`${name}\`<br>\`${variable}\` | ${valueInWords(schema)} | ${byDefault(schema.default)} | ${schema.description} |`,
  );
  return ['| setting | value | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function byDefault(value: unknown): string {
  if (value === undefined) return '';
  return Array.isArray(value) && value.length === 0 ? 'none' : `\`${value}\``;
}

if (import.meta.main)
  writeFileSync(join(import.meta.dirname, '../docs/configuration.md'), configurationReference());

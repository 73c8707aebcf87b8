import { azureCli } from './azure-cli.ts';
import { graphPowershell } from './graph-powershell.ts';
import type { Script } from './script.ts';
import { terraform } from './terraform.ts';

/** Every way to make the same by a script: one line each. */
export const scripts: readonly Script[] = [azureCli, graphPowershell, terraform];

import { z } from 'zod';
import type { Administration } from '../administration/administration.ts';
import { enteredInput } from '../administration/azure-setup.ts';
import { setupStep } from './answers.ts';
import { azureChange, azureProgress, azureScript, azureSetupBeside } from './azure-answers.ts';
import { inputSchema, recordSchema } from './resource-schemas.ts';
import { created, nothing, type Route, route, shown } from './route.ts';

const path = '/api/setup/azure';
const steps = 'Each change as it stands: "making", "waiting" and why, "made"';

/** An app registration in Azure, made by itself. */
export function azureSetupRoutes({ azureSetups: setups }: Administration): Route[] {
  const read = recordSchema(setups.resource, 'read', azureSetupBeside.shape);
  return [
    route({
      method: 'get',
      path,
      operationId: 'listAzureSetups',
      summary: 'All set-ups in Azure',
      answer: shown('The set-ups, and how each stands', z.array(read)),
      handle: () => setups.list(),
    }),
    route({
      method: 'post',
      path,
      operationId: 'addAzureSetup',
      summary: 'Says what is wanted in Azure. Nothing is made there yet',
      body: inputSchema(setups.resource, 'new'),
      answer: created('The set-up', read),
      problems: ['conflict'],
      handle: ({ body }) => setups.begin(body),
    }),
    route({
      method: 'get',
      path: `${path}/:id`,
      operationId: 'getAzureSetup',
      summary: 'One set-up in Azure: what is wanted, what was made, and what is under way',
      answer: shown('The set-up', read),
      handle: ({ id }) => setups.get(id),
    }),
    route({
      method: 'delete',
      path: `${path}/:id`,
      operationId: 'removeAzureSetup',
      summary: 'Forgets a set-up that is finished, or has made nothing. What it made stays',
      answer: nothing,
      problems: ['conflict', 'busy'],
      handle: ({ id }) => setups.forget(id),
    }),
    ...signInRoutes(setups),
    ...makingRoutes(setups),
    ...otherHandsRoutes(setups),
  ];
}

function signInRoutes(setups: Administration['azureSetups']): Route[] {
  return [
    route({
      method: 'post',
      path: `${path}/:id/sign-in`,
      operationId: 'beginAzureSignIn',
      summary: 'Gets a code that an administrator enters at Microsoft (RFC 8628)',
      answer: created(
        'The set-up; `signIn` has the code. The token stays in memory, for an hour at most',
        recordSchema(setups.resource, 'read', azureSetupBeside.shape),
      ),
      problems: ['busy', 'refused', 'credentials', 'throttled'],
      handle: ({ id }) => setups.signIn(id),
    }),
    route({
      method: 'delete',
      path: `${path}/:id/sign-in`,
      operationId: 'endAzureSignIn',
      summary: 'Forgets who has signed in, or gives up the code',
      answer: nothing,
      problems: ['busy'],
      handle: ({ id }) => setups.signOut(id),
    }),
  ];
}

function makingRoutes(setups: Administration['azureSetups']): Route[] {
  return [
    route({
      method: 'get',
      path: `${path}/:id/plan`,
      operationId: 'getAzurePlan',
      summary: 'What is still to be made, in order; reads only',
      answer: shown('The changes; none where all is as it is wanted', z.array(azureChange)),
      problems: ['conflict', 'denied', 'refused'],
      handle: ({ id }) => setups.plan(id),
    }),
    route({
      method: 'post',
      path: `${path}/:id/make`,
      operationId: 'makeAzureSetup',
      summary: 'Makes what is planned, one change after the other; or follows what is being made',
      answer: { kind: 'lines', description: steps, schema: azureProgress },
      problems: ['conflict', 'busy'],
      handle: ({ id }) => setups.make(id),
    }),
    route({
      method: 'post',
      path: `${path}/:id/stop`,
      operationId: 'stopAzureSetup',
      summary: 'Stops what is under way. What was made so far stays, and it can be gone on with',
      answer: nothing,
      handle: ({ id }) => setups.stop(id),
    }),
    route({
      method: 'post',
      path: `${path}/:id/undo`,
      operationId: 'undoAzureSetup',
      summary: 'Takes away exactly what was made, and in the end the set-up',
      answer: {
        kind: 'lines',
        description: 'Each thing as it goes: "taking", "waiting" and why, "taken"',
        schema: azureProgress,
      },
      problems: ['conflict', 'busy'],
      handle: ({ id }) => setups.undo(id),
    }),
  ];
}

function otherHandsRoutes(setups: Administration['azureSetups']): Route[] {
  return [
    route({
      method: 'get',
      path: `${path}/:id/scripts`,
      operationId: 'listAzureScripts',
      summary: 'The same set-up as scripts for other hands; none for an app that is there already',
      answer: shown('Azure CLI, Microsoft Graph PowerShell, Terraform', z.array(azureScript)),
      handle: ({ id }) => setups.scripts(id),
    }),
    route({
      method: 'post',
      path: `${path}/:id/enter`,
      operationId: 'enterAzureApp',
      summary: 'Takes what a script printed, and makes the rest',
      body: enteredInput,
      answer: { kind: 'lines', description: steps, schema: azureProgress },
      problems: ['conflict', 'busy'],
      handle: ({ id, body }) => setups.enter(id, body),
    }),
    route({
      method: 'get',
      path: `${path}/:id/exchange`,
      operationId: 'listAzureExchangeSteps',
      summary: 'What an Exchange administrator does besides, as PowerShell',
      answer: shown('The steps; none where nothing is to be done', z.array(setupStep)),
      handle: ({ id }) => setups.exchange(id),
    }),
  ];
}

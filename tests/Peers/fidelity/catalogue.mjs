// What the fixture server offers: the tools, resources and prompts which the scenarios of the conformance suite name, and
// a few of our own (`wait_*`) that stop where a test wants to look. Tools that ask the client something do it the way of
// the era: a legacy client gets a request on the stream, a modern one a result of the kind `input_required`.
import {
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
} from '@modelcontextprotocol/server';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';
const STEP_MS = 50;

/** Seals the state that a modern client carries from one round to the next. */
const states = createRequestStateCodec({ key: randomBytes(32) });

const text = (value) => ({ content: [{ type: 'text', text: value }] });
const image = { type: 'image', data: PNG, mimeType: 'image/png' };
const resource = (uri, mimeType, value) => ({ type: 'resource', resource: { uri, mimeType, text: value } });
const form = (message, properties, required = Object.keys(properties)) => ({
  message,
  requestedSchema: { type: 'object', properties, required },
});
const askName = () => inputRequired.elicit(form('What is your name?', { name: { type: 'string' } }));
const askModel = (question, maxTokens) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens,
  });
const accepted = (context, key) => acceptedContent(context.mcpReq.inputResponses, key);
const answered = (context, key) => context.mcpReq.inputResponses?.[key];
const capabilities = (context) => context.mcpReq.envelope?.['io.modelcontextprotocol/clientCapabilities'] ?? {};

// `send`, not the shorter ways of the SDK: it ties the question to the call, so that it goes out on the call's stream.
async function elicit(context, message, properties, required) {
  const params = form(message, properties, required);
  const answer = await context.mcpReq.send({ method: 'elicitation/create', params });
  return `action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`;
}

async function log(context, data) {
  await context.mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
}

async function progress(context, value, total) {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken !== undefined) {
    await context.mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: value, total } });
  }
}

const options = (prefix, kind) => ['First', 'Second', 'Third'].map((word, i) => ({
  const: `${prefix}${i + 1}`,
  title: `${word} ${kind}`,
}));
const plain = ['option1', 'option2', 'option3'];

/** name → { inputSchema, run(arguments, context, world) }; `world` is what the server lends (see server.mjs). */
const tools = {
  test_simple_text: { run: () => text('This is a simple text response for testing.') },
  test_image_content: { run: () => ({ content: [image] }) },
  test_audio_content: { run: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }) },
  test_embedded_resource: {
    run: () => ({
      content: [resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
    }),
  },
  test_multiple_content_types: {
    run: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        image,
        resource('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
      ],
    }),
  },
  test_tool_with_logging: {
    run: async (_, context) => {
      await log(context, 'Tool execution started');
      await delay(STEP_MS);
      await log(context, 'Tool processing data');
      await delay(STEP_MS);
      await log(context, 'Tool execution completed');
      return text('Logged three times.');
    },
  },
  // Modern clients that set no level must get no log message (SEP-2575): `log` of the SDK knows, `notify` does not.
  test_logging_tool: {
    run: async (_, context) => {
      await context.mcpReq.log('info', 'Only for those who asked.');
      return text('Logged, if anybody wanted it.');
    },
  },
  test_tool_with_progress: {
    run: async (_, context) => {
      for (const value of [0, 50, 100]) {
        await progress(context, value, 100);
        await delay(STEP_MS);
      }
      return text('Reported three times.');
    },
  },
  test_error_handling: {
    run: () => ({ ...text('This tool intentionally returns an error for testing'), isError: true }),
  },
  test_reconnection: {
    run: async (_, context) => {
      context.http?.closeSSE?.();
      await delay(2 * STEP_MS);
      return text('Written after the stream was closed.');
    },
  },
  test_sampling: {
    inputSchema: { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
    run: async ({ prompt }, context) => {
      const messages = [{ role: 'user', content: { type: 'text', text: prompt } }];
      const params = { messages, maxTokens: 100 };
      const answer = await context.mcpReq.send({ method: 'sampling/createMessage', params });
      return text(`LLM response: ${answer.content.text}`);
    },
  },
  test_elicitation: {
    inputSchema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
    run: async ({ message }, context) =>
      text(`User response: ${await elicit(context, message, { username: { type: 'string' }, email: { type: 'string' } })}`),
  },
  test_elicitation_sep1034_defaults: {
    run: async (_, context) => {
      const properties = {
        name: { type: 'string', default: 'John Doe' },
        age: { type: 'integer', default: 30 },
        score: { type: 'number', default: 95.5 },
        status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
        verified: { type: 'boolean', default: true },
      };
      return text(`Elicitation completed: ${await elicit(context, 'Please review.', properties, [])}`);
    },
  },
  test_elicitation_sep1330_enums: {
    run: async (_, context) => {
      const properties = {
        untitledSingle: { type: 'string', enum: plain },
        titledSingle: { type: 'string', oneOf: options('value', 'Option') },
        legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
        untitledMulti: { type: 'array', items: { type: 'string', enum: plain } },
        titledMulti: { type: 'array', items: { anyOf: options('value', 'Choice') } },
      };
      return text(`Elicitation completed: ${await elicit(context, 'Please choose.', properties, [])}`);
    },
  },
  json_schema_2020_12_tool: {
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' } } } },
      properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
      allOf: [{ anyOf: [{ required: ['name'] }, { required: ['address'] }] }],
      if: { required: ['address'] },
      then: { required: ['name'] },
      else: {},
      additionalProperties: false,
    },
    run: () => text('Valid.'),
  },
  test_headers: {
    inputSchema: {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        count: { type: 'integer', 'x-mcp-header': 'Count' },
      },
    },
    run: (given) => text(JSON.stringify(given)),
  },
  test_missing_capability: {
    run: (_, context) => {
      if (!capabilities(context).sampling) {
        throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } });
      }
      return text('Sampling is there.');
    },
  },
  test_streaming_elicitation: {
    run: async (_, context) => {
      await progress(context, 1, 2);
      return accepted(context, 'user_name')
        ? text('Thank you.')
        : inputRequired({ inputRequests: { user_name: askName() } });
    },
  },
  test_trigger_tool_change: { run: (_, __, world) => (world.toolsChanged(), text('Tools changed.')) },
  test_trigger_prompt_change: { run: (_, __, world) => (world.promptsChanged(), text('Prompts changed.')) },
  test_input_required_result_elicitation: {
    run: (_, context) => {
      const name = accepted(context, 'user_name')?.name;
      return typeof name === 'string'
        ? text(`Hello, ${name}!`)
        : inputRequired({ inputRequests: { user_name: askName() } });
    },
  },
  test_input_required_result_sampling: {
    run: (_, context) => {
      const answer = answered(context, 'capital_question');
      return answer
        ? text(answer.content.text)
        : inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?', 100) } });
    },
  },
  test_input_required_result_list_roots: {
    run: (_, context) => {
      const answer = answered(context, 'client_roots');
      return answer
        ? text(answer.roots.map((root) => root.uri).join(' '))
        : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  },
  test_input_required_result_request_state: {
    run: async (_, context) => {
      const ok = { ok: { type: 'boolean' } };
      return accepted(context, 'confirm') && context.mcpReq.requestState()?.round === 1
        ? text('state-ok')
        : inputRequired({
            inputRequests: { confirm: inputRequired.elicit(form('Please confirm', ok)) },
            requestState: await states.mint({ round: 1 }),
          });
    },
  },
  test_input_required_result_tampered_state: {
    run: async (_, context) => {
      const ok = { ok: { type: 'boolean' } };
      return context.mcpReq.requestState()
        ? text('state-ok')
        : inputRequired({
            inputRequests: { confirm: inputRequired.elicit(form('Please confirm', ok)) },
            requestState: await states.mint({ round: 1 }),
          });
    },
  },
  test_input_required_result_multiple_inputs: {
    run: async (_, context) =>
      ['user_name', 'greeting', 'client_roots'].every((key) => answered(context, key)) && context.mcpReq.requestState()
        ? text('All three came.')
        : inputRequired({
            inputRequests: {
              user_name: askName(),
              greeting: askModel('Generate a greeting', 50),
              client_roots: inputRequired.listRoots(),
            },
            requestState: await states.mint({ round: 1 }),
          }),
  },
  test_input_required_result_multi_round: {
    run: async (_, context) => {
      const state = context.mcpReq.requestState();
      if (state?.round === 2 && accepted(context, 'step2')) {
        return text(`${state.name} likes ${accepted(context, 'step2').color}.`);
      }
      const step1 = accepted(context, 'step1');
      return state?.round === 1 && step1
        ? inputRequired({
            inputRequests: {
              step2: inputRequired.elicit(
                form('Step 2: What is your favorite color?', { color: { type: 'string' } }),
              ),
            },
            requestState: await states.mint({ round: 2, name: step1.name }),
          })
        : inputRequired({
            inputRequests: {
              step1: inputRequired.elicit(form('Step 1: What is your name?', { name: { type: 'string' } })),
            },
            requestState: await states.mint({ round: 1 }),
          });
    },
  },
  test_input_required_result_capabilities: {
    run: (_, context) => {
      const { sampling, elicitation } = capabilities(context);
      const inputRequests = {
        ...(sampling && { question: askModel('What is the capital of France?', 100) }),
        ...(elicitation && { user_name: askName() }),
      };
      return Object.keys(inputRequests).length > 0 && !context.mcpReq.inputResponses
        ? inputRequired({ inputRequests })
        : text('Nothing to ask.');
    },
  },
  // Sends one event, then one more each time the test says so (POST /control/step): three in all, then the result.
  wait_between_events: {
    run: async (_, context, world) => {
      for (let step = 1; step <= 3; step++) {
        await progress(context, step, 3);
        await world.nextStep(context.mcpReq.signal);
      }
      return text('Three steps.');
    },
  },
  // Sends one event and then nothing, until the client goes away or cancels.
  wait_for_ever: {
    run: async (_, context) => {
      await progress(context, 0, 1);
      await new Promise((resolve) => context.mcpReq.signal.addEventListener('abort', resolve));
      return text('Nobody reads this.');
    },
  },
};

const contents = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: PNG },
  'test://watched-resource': { mimeType: 'text/plain', text: 'Watched resource content' },
};

const argument = (name) => ({ name, description: `The argument ${name}`, required: true });
const said = (content) => ({ role: 'user', content });
const prompts = {
  test_simple_prompt: {
    run: () => ({ messages: [said({ type: 'text', text: 'This is a simple prompt for testing.' })] }),
  },
  test_prompt_with_arguments: {
    arguments: [argument('arg1'), argument('arg2')],
    run: ({ arg1, arg2 }) => ({
      messages: [said({ type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` })],
    }),
  },
  test_prompt_with_embedded_resource: {
    arguments: [argument('resourceUri')],
    run: ({ resourceUri }) => ({
      messages: [
        said(resource(resourceUri, 'text/plain', 'Embedded resource content for testing.')),
        said({ type: 'text', text: 'Please process the embedded resource above.' }),
      ],
    }),
  },
  test_prompt_with_image: {
    run: () => ({ messages: [said(image), said({ type: 'text', text: 'Please analyze the image above.' })] }),
  },
  test_input_required_result_prompt: {
    run: (_, context) => {
      const given = accepted(context, 'user_context');
      const properties = { context: { type: 'string' } };
      return given
        ? { messages: [said({ type: 'text', text: `In the context of ${given.context}.` })] }
        : inputRequired({
            inputRequests: {
              user_context: inputRequired.elicit(form('What context should the prompt use?', properties)),
            },
          });
    },
  },
};

/** Registers everything on one server object of the SDK. */
function offer(server, world) {
  const listed = (things, describe) => Object.entries(things).map(([name, thing]) => describe(name, thing));
  const find = (things, name) => {
    if (!Object.hasOwn(things, name)) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown: ${name}`);
    return things[name];
  };
  server.setRequestHandler('tools/list', () => ({
    tools: listed(tools, (name, tool) => ({
      name,
      description: `Fixture ${name}`,
      inputSchema: tool.inputSchema ?? { type: 'object' },
    })),
  }));
  server.setRequestHandler('tools/call', ({ params }, context) =>
    find(tools, params.name).run(params.arguments ?? {}, context, world));
  server.setRequestHandler('resources/list', () => ({
    resources: listed(contents, (uri, { mimeType }) => ({ uri, name: uri, description: `Fixture ${uri}`, mimeType })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [
      { uriTemplate: 'test://template/{id}/data', name: 'data', description: 'By id', mimeType: 'application/json' },
    ],
  }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) => {
    const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
    if (id) {
      const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
      return { contents: [{ uri, mimeType: 'application/json', text: data }] };
    }
    if (!Object.hasOwn(contents, uri)) throw new ResourceNotFoundError(uri);
    return { contents: [{ uri, ...contents[uri] }] };
  });
  server.setRequestHandler('prompts/list', () => ({
    prompts: listed(prompts, (name, prompt) => ({
      name,
      description: `Fixture ${name}`,
      arguments: prompt.arguments ?? [],
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }, context) =>
    find(prompts, params.name).run(params.arguments ?? {}, context));
  server.setRequestHandler('completion/complete', () => ({ completion: { values: [], total: 0, hasMore: false } }));
}

/** A server of one era with the whole catalogue. */
export function build(era, world) {
  const legacy = era === 'legacy';
  const server = new Server({ name: 'fixture', version: '1.0.0' }, {
    capabilities: {
      tools: { listChanged: true },
      prompts: { listChanged: true },
      resources: { subscribe: legacy, listChanged: true },
      completions: {},
      logging: {},
    },
    requestState: { verify: states.verify },
  });
  offer(server, world);
  if (legacy) {
    server.setRequestHandler('resources/subscribe', () => ({}));
    server.setRequestHandler('resources/unsubscribe', () => ({}));
  }
  return server;
}

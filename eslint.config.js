import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const typescript = ['**/*.ts', '**/*.tsx'];
const tests = [
  '**/*.{test,fixture}.{ts,tsx}',
  '**/testing/**/*.{ts,tsx}',
  'packages/testkit/**',
  'tests/**',
  'bench/**',
];
const configuration = ['**/*.config.{ts,js,mjs}', '.dependency-cruiser.mjs'];

/** The only places where time, randomness, sockets and processes come in; everything else gets them as ports. */
const browserEdge = ['packages/webrtc/src/platform/browser{,-reports}.ts', 'packages/webrtc/src/simulate.ts'];
const nodeEdge = [
  'packages/gateway/src/node/**',
  'packages/gateway/src/media/worker*.ts',
  'packages/gateway/src/media/worker/**',
  'packages/gateway/src/cli/**',
  'packages/gateway/src/cli.ts',
];

const timers = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'requestAnimationFrame',
  'cancelAnimationFrame',
  'requestIdleCallback',
];
const processGlobals = ['console', 'crypto', 'fetch', 'performance', 'process', 'WebSocket'];
const browserGlobals = [
  'window',
  'self',
  'document',
  'navigator',
  'location',
  'history',
  'screen',
  'localStorage',
  'sessionStorage',
  'indexedDB',
  'caches',
  'addEventListener',
  'removeEventListener',
  'dispatchEvent',
  'postMessage',
  'alert',
  'confirm',
  'prompt',
  'Audio',
  'AudioContext',
  'AudioWorkletNode',
  'BroadcastChannel',
  'EventSource',
  'FileReader',
  'HTMLAudioElement',
  'HTMLElement',
  'HTMLMediaElement',
  'HTMLVideoElement',
  'Image',
  'MediaRecorder',
  'MediaStream',
  'MediaStreamTrack',
  'MessageChannel',
  'OfflineAudioContext',
  'RTCIceCandidate',
  'RTCPeerConnection',
  'RTCRtpReceiver',
  'RTCRtpSender',
  'RTCSessionDescription',
  'SharedWorker',
  'WebTransport',
  'Worker',
  'XMLHttpRequest',
];
const nodeGlobals = ['Buffer', 'global', 'module', 'require', '__dirname', '__filename'];

/** Names that a browser defines, and that are there by accident whenever they are not declared. */
const accidentalGlobals = [
  'close',
  'event',
  'find',
  'focus',
  'length',
  'name',
  'open',
  'origin',
  'parent',
  'status',
  'stop',
  'top',
];

const forbiddenGlobals = (names, message) => [
  'error',
  { globals: names.map((name) => ({ name, message })), checkGlobalObject: true },
];

const accidental = forbiddenGlobals(
  accidentalGlobals,
  'This is a global of the browser; declare the name that is meant.',
);

const forbiddenProperties = (message) => [
  'error',
  ...[
    ['Date', 'now'],
    ['Math', 'random'],
    ['performance', 'now'],
    ['process', 'hrtime'],
  ].map(([object, property]) => ({ object, property, message })),
];

const moduleState = {
  selector:
    'Program > VariableDeclaration[kind="let"], Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
  message: 'No mutable state at module level: two instances in one process must not share it.',
};
const currentDate = (message) => ({
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message,
});

const throughPort = (file) => `This comes in through a port; only ${file} touches it.`;

export default defineConfig(
  {
    ignores: [
      '**/dist/',
      '**/lib/',
      '**/.cache/',
      '**/coverage/',
      '**/output/',
      '**/results/',
      '**/.parley/',
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  js.configs.recommended,
  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts', 'apps/console/vite.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': true },
      ],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // We have no enums; those of libraries are plain values to us.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // The digits of a dialled string, the letters of a code: no text that a person wrote.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // An empty string is as good as none in what users and peers send.
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // An async function without await is how a value meets a port that answers with a promise.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      // Ports are records of functions, and are taken apart where they are used.
      '@typescript-eslint/unbound-method': 'off',
      // The compiler knows them better (noUnusedLocals, noUndef are its own).
      'no-undef': 'off',
    },
  },
  {
    rules: {
      eqeqeq: 'error',
      // To refuse control characters is what a border does.
      'no-control-regex': 'off',
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
    },
  },
  { files: configuration, rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['packages/*/src/**', 'apps/*/src/**'],
    rules: {
      // Past that, look for the second noun.
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-globals': accidental,
      'no-restricted-syntax': ['error', moduleState],
    },
  },
  // A machine is one table of states and events, and is read as a whole.
  { files: ['**/*-machine.ts'], rules: { 'max-lines': 'off' } },
  {
    files: ['packages/protocol/src/**', 'packages/webrtc/src/**'],
    ignores: browserEdge,
    rules: {
      'no-restricted-globals': forbiddenGlobals(
        [...timers, ...processGlobals, ...browserGlobals, ...nodeGlobals, ...accidentalGlobals],
        throughPort('packages/webrtc/src/platform/browser.ts'),
      ),
      'no-restricted-properties': forbiddenProperties(throughPort('packages/webrtc/src/platform/browser.ts')),
      'no-restricted-syntax': [
        'error',
        moduleState,
        currentDate(throughPort('packages/webrtc/src/platform/browser.ts')),
      ],
    },
  },
  // What TypeScript calls always there is missing in old browsers, in pages without a secure origin and in Node.
  { files: browserEdge, rules: { '@typescript-eslint/no-unnecessary-condition': 'off' } },
  {
    files: ['packages/gateway/src/**'],
    ignores: nodeEdge,
    rules: {
      'no-restricted-globals': forbiddenGlobals(
        [...timers, ...processGlobals, ...accidentalGlobals],
        throughPort('packages/gateway/src/node/'),
      ),
      'no-restricted-properties': forbiddenProperties(throughPort('packages/gateway/src/node/')),
      'no-restricted-syntax': ['error', moduleState, currentDate(throughPort('packages/gateway/src/node/'))],
    },
  },
  {
    files: ['apps/**/*.{ts,tsx}', 'packages/react/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      // What Vitest's expect.any() returns matches everything.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      'max-lines': 'off',
      'no-restricted-globals': accidental,
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...timers,
          ...processGlobals,
          ...nodeGlobals,
          'AbortController',
          'AbortSignal',
          'URL',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);

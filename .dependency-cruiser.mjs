/**
 * Who may import whom. Workspace packages are followed into their sources, so a rule sees across packages.
 *
 *   console, react ─▶ webrtc ─▶ protocol ◀─ gateway        testkit, console ─▶ protocol
 *
 *   in webrtc:  api ─▶ diagnostics ─▶ calls ─▶ media ─▶ kernel      quality ─▶ media, kernel
 *               api ─▶ signaling ─▶ kernel, protocol                calls ─▶ signaling, quality
 *               everybody ─▶ platform/ports; only api ─▶ platform/browser
 */
const test = String.raw`\.(test|fixture)\.tsx?$|/testing/`;
const webrtc = (folders) => `^packages/webrtc/src/(${folders})/`;

const only = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    only(
      'no-cycle',
      'A cycle, types included: neither file can be understood alone.',
      {},
      { circular: true },
    ),
    only('resolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
    only(
      'declared-dependency',
      'A package that its package.json does not declare.',
      { path: '^(packages|apps|tests|bench)/' },
      { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    ),
    only(
      'no-development-dependency',
      'A published package has at run time only what its dependencies name.',
      { path: '^packages/(gateway|protocol)/src/', pathNot: test },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    only(
      'by-name',
      'Another package is imported by its name, so that its exports are all there is of it.',
      // What is explored are the very functions, which no package exports.
      { path: '^(packages/[^/]+|apps/[^/]+|tests|bench)/', pathNot: '^tests/exploration/' },
      { path: '^(packages|apps|tests|bench)/', pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
    ),
    only('tests-are-leaves', 'Nothing imports a test.', { pathNot: test }, { path: test }),
    only(
      'tests-and-bench-are-roots',
      'Nothing imports tests/ or bench/.',
      { pathNot: '^(tests|bench)/' },
      { path: '^(tests|bench)/' },
    ),
    only(
      'testkit-in-tests',
      'Test doubles and golden messages are for tests.',
      { path: '^(packages|apps)/', pathNot: [test, '^packages/(testkit|protocol/src/golden)/'] },
      { path: '^packages/(testkit|protocol/src/golden)/' },
    ),
    only(
      'protocol-alone',
      'The protocol depends on nothing.',
      { path: '^packages/protocol/src/', pathNot: test },
      { pathNot: '^packages/protocol/' },
    ),
    only(
      'gateway-imports',
      'The gateway knows the protocol, never the SDK.',
      { path: '^packages/gateway/src/', pathNot: test },
      { path: '^(packages|apps)/', pathNot: '^packages/(gateway|protocol)/' },
    ),
    only(
      'webrtc-imports',
      'The SDK knows the protocol, never the gateway, and has no dependency at run time.',
      { path: '^packages/webrtc/src/', pathNot: test },
      { pathNot: '^packages/(webrtc|protocol)/' },
    ),
    only(
      'testkit-imports',
      'The testkit knows the protocol alone: what it doubles must not double itself.',
      { path: '^packages/testkit/src/', pathNot: test },
      { path: '^(packages|apps)/', pathNot: '^packages/(testkit|protocol)/' },
    ),
    only(
      'console-imports',
      'The console uses the public surface that everybody has, and reads the files of calls, which the protocol defines.',
      { path: '^(apps|packages/react)/', pathNot: test },
      { path: '^packages/', pathNot: '^packages/(webrtc|react|protocol)/' },
    ),

    only(
      'kernel-alone',
      'The kernel imports nothing.',
      { path: webrtc('kernel'), pathNot: test },
      { pathNot: webrtc('kernel') },
    ),
    only(
      'ports-alone',
      'Ports are types of their own.',
      { path: String.raw`^packages/webrtc/src/platform/ports\.ts$` },
      { pathNot: webrtc('kernel') },
    ),
    only(
      'browser-edge',
      'Only the composition root joins the SDK to a browser.',
      {
        path: '^packages/webrtc/src/',
        pathNot: [webrtc('api'), String.raw`^packages/webrtc/src/index\.ts$`],
      },
      { path: String.raw`^packages/webrtc/src/platform/browser\.ts$` },
    ),
    only(
      'api-on-top',
      'Telnyx’s names stay at the surface.',
      { path: webrtc('[^/]+'), pathNot: [webrtc('api'), test] },
      { path: webrtc('api') },
    ),
    only(
      'signaling-below',
      'Signaling knows nothing of calls and media.',
      { path: webrtc('signaling'), pathNot: test },
      { path: webrtc('calls|media|quality|diagnostics') },
    ),
    only(
      'media-below',
      'Media knows nothing of calls and signaling.',
      { path: webrtc('media'), pathNot: test },
      { path: webrtc('calls|signaling|quality|diagnostics') },
    ),
    only(
      'quality-beside',
      'Quality looks at media.',
      { path: webrtc('quality'), pathNot: test },
      { path: webrtc('calls|signaling|diagnostics') },
    ),
    only(
      'calls-without-diagnostics',
      'A call does not know that it is watched.',
      { path: webrtc('calls'), pathNot: test },
      { path: webrtc('diagnostics') },
    ),

    only(
      'node-edge',
      'Only the composition root joins the rules to sockets, clocks and processes.',
      {
        path: '^packages/gateway/src/',
        pathNot: [
          String.raw`^packages/gateway/src/(gateway|index|cli|media/worker)\.ts$`,
          '^packages/gateway/src/(cli|node)/',
          test,
        ],
      },
      { path: '^packages/gateway/src/node/' },
    ),
    only(
      'media-library',
      'The media library stays behind the media port.',
      { path: '^packages/gateway/src/', pathNot: '^packages/gateway/src/media/' },
      { path: '(^|/)node_modules/(werift|@evan/opus)/' },
    ),
    only(
      'machines-are-pure',
      'A machine decides; it opens nothing.',
      { path: String.raw`-machine\.ts$` },
      { dependencyTypes: ['core', 'npm'], dependencyTypesNot: ['type-only', 'aliased-workspace'] },
    ),
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(packages/[^/]+|apps/[^/]+|tests|bench)/(dist|lib|results|[.]cache)/|/output/' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      conditionNames: ['@parley/source', 'import', 'node', 'types', 'default'],
      exportsFields: ['exports'],
    },
  },
};

/** Two speech bubbles that share a border. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        className="logo-back"
        d="M13 4h11a5 5 0 0 1 5 5v7a5 5 0 0 1-3 4.6V26l-5.4-5H13a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5z"
      />
      <path
        className="logo-front"
        d="M8 10h9a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5h-4.5L7 29v-5.1A5 5 0 0 1 3 19v-4a5 5 0 0 1 5-5z"
      />
    </svg>
  );
}

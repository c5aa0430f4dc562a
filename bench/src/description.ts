/** As long as what a browser sends (2.5 KB), for figures in which nobody reads it. */
export const DESCRIPTION = `v=0\r\n${'a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host\r\n'.repeat(42)}`;

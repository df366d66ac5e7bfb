"""How fast the shop is, beside a bare Django app on the same machine in the same run. See docs/performance.md."""

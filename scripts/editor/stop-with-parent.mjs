// Preloaded into the VS Code server and what it forks: a server whose starter was killed outright
// must not stay behind.
const parent = process.ppid
setInterval(() => {
  if (process.ppid === parent) return
  try {
    process.kill(-process.pid, 'SIGTERM')
  } catch {
    // Not the leader of its group: the leader sees to the rest.
  }
  process.exit(1)
}, 1000).unref()

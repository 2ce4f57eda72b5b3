# syntax=docker/dockerfile:1

FROM denoland/deno:bin-2.9.6 AS deno

FROM debian:12-slim AS base
RUN apt-get update \
  && apt-get install -y --no-install-recommends bubblewrap util-linux ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY --from=deno /deno /usr/local/bin/deno
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
WORKDIR /app

# Dependencies change less often than code: a layer of their own.
FROM base AS build
COPY deno.json deno.lock import_map.json ./
RUN deno install --frozen
COPY LICENSE README.md main.ts config.ts ./
COPY accounts ./accounts
COPY bench ./bench
COPY bridge ./bridge
COPY cli ./cli
COPY config ./config
COPY engine ./engine
COPY gateway ./gateway
COPY mcp ./mcp
COPY registry ./registry
COPY runtime ./runtime
COPY sandboxes ./sandboxes
COPY spec ./spec
COPY tests/support ./tests/support
COPY vendor ./vendor
RUN deno cache --frozen main.ts runtime/artifact/build/build_process.ts \
  registry/database/pglite_worker.ts

FROM base
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin airlock \
  && install -d -o airlock -g airlock -m 0700 /data
COPY --from=build /app /app
COPY --from=build --chown=airlock:airlock /deno-dir /deno-dir
USER airlock
# Beyond loopback a key is asked for: start with -e AIRLOCK_API_KEY.
ENV AIRLOCK_HOST=0.0.0.0 AIRLOCK_PORT=8787 AIRLOCK_DATA_DIR=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["deno", "eval", "--no-config", "const { ok } = await fetch('http://127.0.0.1:8787/health'); Deno.exit(ok ? 0 : 1)"]
ENTRYPOINT ["deno", "run", "--frozen", "--cached-only", "-A", "main.ts"]
CMD ["serve"]

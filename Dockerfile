# syntax=docker/dockerfile:1
# docker build -t ekenko .
# docker run -p 8080:8080 -v ekenko-data:/data ekenko

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN scripts/setup build && scripts/build

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ekenko \
    && install -d -o ekenko -g ekenko -m 0750 /data
COPY --from=build /src/dist /app
ENV IP=0.0.0.0 PORT=8080 EKENKO_DATA_DIR=/data
USER 10001
WORKDIR /app
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/app/ekenko"]

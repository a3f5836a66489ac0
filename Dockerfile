# syntax=docker/dockerfile:1
# One image for every process; which services it runs is said by its arguments (DEP-2).
#
#   docker build -t streamverse .                          without ffmpeg and without a shell
#   docker build -t streamverse:ffmpeg --target ffmpeg .   the same, and imports media

FROM rust:1.95.0-slim-bookworm AS build
# Versions of Debian's packages are the base image's; pinned, they would vanish from the archive.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends build-essential cmake libssl-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
# The image's compiler, not whatever "stable" of rust-toolchain.toml is today.
# zlib goes into the program: the images have none.
ENV RUSTUP_TOOLCHAIN=1.95.0 CARGO_PROFILE_RELEASE_STRIP=symbols LIBZ_SYS_STATIC=1
WORKDIR /src
COPY . .
ARG TARGETPLATFORM
# Dependencies and what was compiled stay in the builder's cache: a change costs its own crates only.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,id=target-$TARGETPLATFORM \
    cargo build --locked --release --features production --bin streamverse \
 && install -D target/release/streamverse /out/usr/local/bin/streamverse \
 && install -d -m 0700 -o 65532 -g 65532 /out/data
# The libraries that the program needs (glibc, and OpenSSL for the Kafka client), with what scanners read of their
# packages, and no more of glibc than that.
RUN install -d /libraries/lib /libraries/lib64 /libraries/status.d \
 && ldd /out/usr/local/bin/streamverse >/tmp/needed \
 && grep -o '/lib[^ ]*' /tmp/needed >/tmp/files \
 && xargs --arg-file /tmp/files cp --dereference --parents --target-directory /libraries \
 && for package in libc6 libgcc-s1 libssl3; do dpkg-query --status "$package" >"/libraries/status.d/$package"; done

# What both images say of themselves and how they run.
FROM gcr.io/distroless/static-debian12:nonroot AS streamverse
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="StreamVerse" \
      org.opencontainers.image.description="A TV and video streaming backend; one binary, any services" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="gcr.io/distroless/static-debian12:nonroot"
COPY --from=build /libraries/lib/ /lib/
COPY --from=build /libraries/lib64/ /lib64/
COPY --from=build /libraries/status.d/ /var/lib/dpkg/status.d/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/usr/local/bin/streamverse /usr/local/bin/streamverse
# A container's ports are reached from outside of it; what is published is the operator's choice. The Kafka client finds
# the authorities by the first.
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    STREAMVERSE_SERVER__DATA_DIR=/data \
    STREAMVERSE_SERVER__LISTEN=0.0.0.0:3000 \
    STREAMVERSE_SERVER__OPS_LISTEN=0.0.0.0:9464
USER 65532:65532
VOLUME ["/data"]
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/streamverse", "health"]
ENTRYPOINT ["/usr/local/bin/streamverse"]
CMD ["run"]

FROM debian:12.12-slim AS ffmpeg
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="StreamVerse with ffmpeg" \
      org.opencontainers.image.description="The same, with the programs that an import of media runs" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/debian:12.12-slim"
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates ffmpeg tzdata \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/usr/local/bin/streamverse /usr/local/bin/streamverse
ENV STREAMVERSE_SERVER__DATA_DIR=/data \
    STREAMVERSE_SERVER__LISTEN=0.0.0.0:3000 \
    STREAMVERSE_SERVER__OPS_LISTEN=0.0.0.0:9464
USER 65532:65532
VOLUME ["/data"]
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/streamverse", "health"]
ENTRYPOINT ["/usr/local/bin/streamverse"]
CMD ["run"]

# The default of `docker build`.
FROM streamverse

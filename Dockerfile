# The one image of Forehold: coordinator and agent as bundles, on Node without shell or package manager.
#   docker buildx build --platform linux/amd64,linux/arm64 --tag IMAGE .
#   docker build --target sbom --output DIR .          its bill of materials alone, which is in the image as well
# The bundles are plain JavaScript, built once on the builder's own platform; only the base differs. For one image bit by
# bit from the same sources, pin both bases by digest and set SOURCE_DATE_EPOCH.

ARG BUILD_IMAGE=docker.io/library/node:24-slim
ARG RUN_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN node scripts/build.ts

FROM scratch AS sbom
COPY --from=build /src/dist/sbom.cdx.json /

FROM ${RUN_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Forehold" \
  org.opencontainers.image.description="Keeps container images on Kubernetes nodes before anything needs them" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=build /src/LICENSE /src/dist/THIRD-PARTY-NOTICES.txt /src/dist/sbom.cdx.json ./
COPY --from=build /src/dist/proto ./proto
COPY --from=build /src/dist/coordinator*.mjs /src/dist/agent*.mjs ./
USER 65532:65532
EXPOSE 7443 7480
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["/app/coordinator.mjs"]

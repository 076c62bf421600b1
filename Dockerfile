# The connector's image: the wheel and the locked versions of what it needs.
ARG BASE=docker.io/airbyte/python-connector-base:4.1.0@sha256:1d1aa21d34e851df4e8a87b391c27724c06e2597608e7161f4d167be853bd7b6

FROM ${BASE} AS build
USER root
WORKDIR /build
COPY . .
RUN pip install --no-cache-dir "$(sed -n 's/^ *"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)" \
    && uv build --wheel --out-dir dist \
    && uv export --quiet --frozen --no-dev --no-emit-project --output-file requirements.txt

FROM ${BASE}
USER root
WORKDIR /airbyte
COPY --from=build /build/dist/*.whl /build/requirements.txt /tmp/install/
RUN pip install --no-cache-dir --require-hashes -r /tmp/install/requirements.txt \
    && pip install --no-cache-dir --no-deps /tmp/install/*.whl \
    && rm -rf /tmp/install
USER airbyte
ENV AIRBYTE_ENTRYPOINT="source-zendesk"
ENTRYPOINT ["source-zendesk"]

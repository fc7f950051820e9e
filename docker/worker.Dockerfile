# A worker for one GPU. Build it in the folder of the checkout, after the wheel:
#
#     python -m pip wheel --no-deps --wheel-dir dist .
#     docker build --file docker/worker.Dockerfile --tag lorewright-worker .
#     docker run --gpus all --publish 127.0.0.1:8000:8000 --volume lorewright-worker:/work \
#         --env LOREWRIGHT_WORKER_TOKEN lorewright-worker
#
# No test builds it; one reads this file.

FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04

ENV DEBIAN_FRONTEND=noninteractive \
    PIP_NO_CACHE_DIR=1 \
    PYTHONUNBUFFERED=1 \
    HF_HUB_DISABLE_TELEMETRY=1

RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

RUN python3 -m venv /opt/lorewright
COPY dist/lorewright-*.whl /tmp/wheel/
RUN /opt/lorewright/bin/pip install "$(ls /tmp/wheel/lorewright-*.whl)[train,web]" \
    && rm -rf /tmp/wheel

RUN useradd --create-home --uid 10001 worker \
    && install --directory --owner worker --group worker /work
USER worker
WORKDIR /work
VOLUME ["/work"]
ENV LOREWRIGHT_WORKER_FOLDER=/work
EXPOSE 8000

# A job in work gets twenty seconds for a checkpoint, so stop it with `docker stop --timeout 30`.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["/opt/lorewright/bin/python", "-c", \
         "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]

ENTRYPOINT ["/opt/lorewright/bin/python", "-P", "-m", "lorewright.train.executors.worker"]
CMD ["--host", "0.0.0.0", "--port", "8000", "--ends-machine"]

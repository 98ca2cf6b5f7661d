# Todak as an image: two stages, CPU only, without root.
#
#   docker build --build-arg TORCH_INDEX_URL="<PyTorch's own wheel index for CPUs>" -t todak .
#   docker run -d --name todak -p 127.0.0.1:8780:8780 -v todak:/data todak
#   docker logs todak        # the address to open, with its launch token
#
# Publish the chat page to 127.0.0.1 only, as above: it is made for one machine and its people.
# On Telegram by long polling no port is published: docker run -d -v todak:/data -e TODAK_TELEGRAM_TOKEN=… todak
# By webhook the operations port is, to a proxy of your own that holds the certificate and passes the path of the
# public address alone, as /healthz and /metrics answer on the same port:
#
#   docker run -d --name todak -p 127.0.0.1:8781:8781 -v todak:/data -e TODAK_OPERATIONS_HOST=0.0.0.0 \
#       -e TODAK_TELEGRAM_TOKEN=… -e TODAK_PUBLIC_ADDRESS=https://… -e TODAK_WEBHOOK_SECRET=… todak

FROM python:3.11-slim AS build
# Without it the default index is asked, whose build of torch may carry gigabytes for GPUs.
ARG TORCH_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/todak
ENV PATH=/opt/todak/bin:$PATH
# Torch is most of the image and changes least, so it has a layer of its own.
RUN pip install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} torch==2.13.0
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY inference inference
COPY models models
COPY storage storage
RUN pip install .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home todak \
    && install -d -o todak -g todak -m 700 /data
COPY --from=build /opt/todak /opt/todak
ENV PATH=/opt/todak/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TODAK_DATA_FOLDER=/data \
    TODAK_LOCAL_CHAT_HOST=0.0.0.0
USER todak
WORKDIR /home/todak
VOLUME /data
EXPOSE 8780
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as u; \
u.urlopen(f\"http://127.0.0.1:{os.environ.get('TODAK_OPERATIONS_PORT', '8781')}/healthz\", timeout=4)"]
CMD ["todak", "run"]

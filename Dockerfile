# The server without a store of its own; docker-compose.postgis.yml brings PostGIS beside it.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    RELIEFMAP_HOST=0.0.0.0 \
    RELIEFMAP_DATA=/data

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation . \
    && useradd --system reliefmap \
    && install -d -o reliefmap /data

USER reliefmap
WORKDIR /data
VOLUME /data
EXPOSE 8000
CMD ["reliefmap", "serve"]

# docker build -t techduel . && docker run --rm -v "$PWD/results:/work/results" techduel run runs=200
FROM python:3.13-slim
WORKDIR /opt/techduel
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY sim sim
COPY experiments experiments
COPY configs configs
RUN pip install --no-cache-dir -c constraints.txt setuptools && pip install --no-cache-dir --no-build-isolation -c constraints.txt .
RUN useradd --create-home techduel && mkdir /work && chown techduel /work
USER techduel
WORKDIR /work
# The model is compiled once, into the image.
RUN techduel run runs=1 horizon=2021 quiet=true results=/tmp/first && rm -r /tmp/first
ENTRYPOINT ["techduel"]

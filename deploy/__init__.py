"""Running Aula: the real servers, the supervisor, `make run`, the container image."""

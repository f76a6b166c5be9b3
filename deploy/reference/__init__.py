"""What client developers read, made from what runs: `gateway/reference/`, from the gateway's table,
the services' routes and structs, and the contracts of the events."""

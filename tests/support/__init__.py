"""What the tests stand on: real servers, fresh databases, a browser, a client that is nobody else, makers."""

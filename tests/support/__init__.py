"""What the tests share: real servers, a world with all services, browsers. No test lives here."""

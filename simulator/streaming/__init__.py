"""Records sent at a rate, to the places where SIEMs listen."""

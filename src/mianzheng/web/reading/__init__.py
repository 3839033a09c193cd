"""Reading files of others: is it harmless, what encoding, cells as a person would have typed them."""

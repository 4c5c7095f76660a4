"""Each requirement of the threat model, by its number: nobody in who does not belong, nothing out that should not be."""

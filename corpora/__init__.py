"""Where text comes from: cards, readers, the generated grammar, and the Sentence tables they fill."""

"""The embedded grammar: aligned Korean–English pairs with trees, from one abstract derivation each."""

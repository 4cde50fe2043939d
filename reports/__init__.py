"""What is concluded: statistics, charts, and the page that shows them."""

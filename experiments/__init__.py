"""What is trained and measured: models, trainer, measures, studies, tracking, engines."""

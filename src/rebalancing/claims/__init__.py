"""The claims of a news report on China, judged by stated rules on recorded figures."""

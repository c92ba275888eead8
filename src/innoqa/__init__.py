"""InnoQA: ask a case study and get answers that prove themselves."""

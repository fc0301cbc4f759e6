"""Answers in a language model's words, where there is one."""

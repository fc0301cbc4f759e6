"""Web pages and Markdown, which is rendered to HTML first: main content, blocks, tables."""

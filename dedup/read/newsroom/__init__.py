"""Items of newsrooms to documents: the shapes of JSON and XML that systems and wire services give."""

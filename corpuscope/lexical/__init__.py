"""The Lucene index: analysis, ranking, match masks, boolean queries and highlights, by way of JPype."""

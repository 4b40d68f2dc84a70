"""Where the data lie that readers look through, in the downloads of a book."""

FOLDER, CATALOGUE, INDEX = "explore", "measures.json", "index.js"

"""One module for each change, named after its revision; a change imports nothing of ours and is never edited."""

"""Writers of files that are written whole: from rows on disk to the finished file."""

"""Datastores, data sets of files and tables, and how jobs read and write them."""

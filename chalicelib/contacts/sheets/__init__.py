"""Spreadsheets as people have them: text in any usual encoding, workbooks; read as numbered records of cells."""

"""Every table of a page as a file: the page is asked for all its rows, and says them itself.

`told` keeps the values behind what a page writes, `html` reads a page's table, `answer` asks the
page and gives the file, `job` does the same beside the pages where it takes long. So a file has
the filters, the language and the access rule of its page, and nothing is declared twice: a page
names its table (``data-table``) and offers its files (``m.exports``).
"""

"""The desk: web pages of the local service, for readers and for editors of the glossary.

What everybody may know is a page that needs neither a key nor a script. What is private or changes something is a *part*,
which the desk's own script asks for with the reader's key and puts into such a page.
"""

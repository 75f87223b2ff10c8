"""TBX-Basic, DCA style (ISO 30042:2019): the glossary as a termbase, and termbases of others as drafts.

A concept entry for each entry; meanings are definitions at its level, each with its language, since a language section may
only stand where there is a term. What is written keeps to the dialect as its publisher's schemas describe it (RELAX NG core
structure and Schematron rules of TBX-Basic, DCA style); no package of a registry has those schemas, so that the tests hold
the files to a grammar of ours that is narrower. Reading takes older files too (``martif``, ``termEntry``, ``langSet``, ``tig``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as XML
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from proxy_addon.glossary.exchange.draft import Draft
from proxy_addon.glossary.model import Entry, Glossary, in_language, plain
from proxy_addon.glossary.problem import Findings

NAMESPACE = "urn:iso:std:iso:30042:ed:3.0"
_XML = "http://www.w3.org/XML/1998/namespace}lang"
LANG = f"{{{_XML}"
_CONCEPT = {"conceptEntry", "termEntry"}
_LANGUAGE = {"langSec", "langSet"}
_KIND = "kind: "


def to_tbx(glossary: Glossary) -> Mapping[str, bytes]:
    root = Element("tbx", {"type": "TBX-Basic", "style": "dca", LANG: "en", "xmlns": NAMESPACE})
    description = SubElement(SubElement(SubElement(root, "tbxHeader"), "fileDesc"), "sourceDesc")
    SubElement(description, "p").text = f"Exported by Glossator; version {glossary.version}"
    body = SubElement(SubElement(root, "text"), "body")
    for entry in glossary.entries.values():
        _concept(SubElement(body, "conceptEntry", {"id": entry.id}), entry, glossary)
    XML.indent(root)
    return {"glossary.tbx": XML.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"}


def _concept(concept: Element, entry: Entry, glossary: Glossary) -> None:
    pack = glossary.packs.get(entry.pack)
    SubElement(concept, "descrip", {"type": "subjectField"}).text = in_language(pack.title, "en")[1] if pack else entry.pack
    for code, text in entry.means.items():
        # In a group of its own: the dialect's published rules know a definition of a concept only there.
        SubElement(SubElement(concept, "descripGrp"), "descrip", {"type": "definition", LANG: code}).text = text
    for note in _notes(entry, glossary):
        SubElement(concept, "note").text = note
    for ident in dict.fromkeys((*entry.instead, *entry.see, *entry.replaced_by)):
        other = glossary.entry(ident)
        if other:
            SubElement(concept, "ref", {"type": "crossReference", "target": other.id}).text = other.headword
    for source in entry.sources:
        SubElement(concept, "xref", {"type": "externalCrossReference", "target": source.url}).text = source.title
    for code in dict.fromkeys(form.lang for form in entry.forms):
        section = SubElement(concept, "langSec", {LANG: code})
        for text in dict.fromkeys(plain(form.text) for form in entry.forms if form.lang == code):
            SubElement(SubElement(section, "termSec"), "term").text = text


def _notes(entry: Entry, glossary: Glossary) -> Iterator[str]:
    yield f"{_KIND}{entry.kind}"
    yield from (f"{name}: {value}" for name in ("status", "since", "until") if (value := getattr(entry, name)))
    yield from (in_language(texts, "en")[1] for texts in (entry.who, entry.note) if texts)
    for rule in (glossary.rules[ident] for ident in entry.rules):
        yield f"rule: {in_language(rule.authority, 'en')[1]}: {in_language(rule.title, 'en')[1]}"


def read_tbx(data: bytes, findings: Findings) -> list[Draft]:
    """The concepts that have a term. What is not XML, or holds no concept, is reported."""
    try:
        root, lines = _tree(data)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        findings.add(error.lineno, error.offset + 1, f"this is not XML ({said})", "mend it there, or export it anew")
        return []
    concepts = [element for element in root.iter() if _name(element) in _CONCEPT]
    if not concepts:
        findings.add(1, 1, f"no concept is in this file (its root is `{_name(root)}`)", "give a TBX file")
    return [draft for concept in concepts if (draft := _draft(concept, lines[concept])).terms]


def _tree(data: bytes) -> tuple[Element, dict[Element, int]]:
    """The root, and the line of each element. Nothing outside the file is read; expat itself refuses entity bombs."""
    builder, lines = XML.TreeBuilder(), {}
    parser = expat.ParserCreate(namespace_separator="}")

    def start(tag: str, attributes: dict[str, str]) -> None:
        lines[builder.start(tag, attributes)] = parser.CurrentLineNumber

    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(data, True)
    return builder.close(), lines


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _draft(concept: Element, line: int) -> Draft:
    terms: dict[str, tuple[str, ...]] = {}
    means: dict[str, str] = {}
    _definitions(concept, "en", means)
    for section in (child for child in concept if _name(child) in _LANGUAGE):
        code = section.get(_XML, "")
        found = tuple(" ".join("".join(each.itertext()).split()) for each in section.iter() if _name(each) == "term")
        terms |= {code: found} if found else {}
        _definitions(section, code, means)
    sources = tuple(each.get("target", "") for each in concept.iter() if _name(each) == "xref" and each.get("target"))
    notes = (note.text or "" for note in concept if _name(note) == "note")
    kind = next((note.removeprefix(_KIND) for note in notes if note.startswith(_KIND)), "")
    return Draft(line, concept.get("id", ""), kind, "", terms, means, sources)


def _definitions(section: Element, code: str, means: dict[str, str]) -> None:
    for child in section:
        if _name(child) == "descripGrp":
            _definitions(child, code, means)
        elif _name(child) == "descrip" and child.get("type") == "definition":
            means.setdefault(child.get(_XML, code), " ".join("".join(child.itertext()).split()))

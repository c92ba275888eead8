"""Forty files about invented districts, as people keep them: made here, byte for byte.

Each good one states a fact that no other has, with a question about it and the place where it
stands. The bad ones are bad as in life.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from email.message import EmailMessage

import openpyxl
from docx import Document as WordDocument
from PIL import Image
from pptx import Presentation
from pptx.util import Inches
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import FrameBreak, PageBreak, Paragraph
from tests.adapters.test_epub import book
from tests.adapters.test_other_workbook import ods, row, words, xls
from tests.adapters.test_pdf import BODY, FIRST, GRID, HALVES, TITLE, drawn, report, says, table

from innoqa.adapters.recognizer import READ


@dataclass(frozen=True)
class Made:
    """A file, and a question that one place in it answers.

    ``says`` stands in what is cited. ``place`` is a page, the last heading, or (row name, column)
    of a cell; ``source`` is the document's, where that is not the file's name.
    """

    name: str
    content: bytes
    question: str
    says: str
    place: int | str | tuple[str, str]
    source: str = ""

    @property
    def document(self) -> str:
        return self.source or self.name


@dataclass(frozen=True)
class Bad:
    """A file that cannot be read; ``source`` and ``why`` are what is told of it."""

    name: str
    content: bytes
    why: str
    source: str = ""


def background(place: str) -> list[str]:
    """Paragraphs about a place that answer no question of those asked here."""
    return [
        f"{place} lies between the old harbour and the railway. For most of the last century its "
        "yards and mills gave work to the neighbourhood, until one after the other closed.",
        f"The council and the university agreed on a common office for {place}, which speaks with "
        "owners, tenants and residents. It meets in the former customs hall and publishes minutes.",
        "Cheap rooms drew workshops and young firms first; laboratories and larger offices "
        "followed when the tram line was extended and the streets were paved anew.",
        f"Critics say that rents in {place} rise faster than wages, and ask for more flats, shade "
        "and playgrounds. A survey among residents is repeated every other spring.",
    ]  # fmt: skip


def _pdf_chapter(heading: str, *paragraphs: str) -> list[Paragraph]:
    return [Paragraph(heading, FIRST), *(Paragraph(words, BODY) for words in paragraphs)]


def two_columns() -> bytes:
    place = background("Nordhaven")
    story = [
        Paragraph("Nordhaven Innovation District: Yearly Review", TITLE),
        *_pdf_chapter("Where it stands", *place),
        FrameBreak(),
        *_pdf_chapter("Who works there", *reversed(place)),
        PageBreak(),
        *_pdf_chapter("Money", "The Nordhaven Seed Fund was opened with 46 million euros in the "
                      "autumn of 2017, half of it from the port authority.", *place[2:]),
        FrameBreak(),
        *_pdf_chapter("Outlook", *place[:2]),
    ]  # fmt: skip
    return report(story, HALVES, title="Nordhaven Innovation District: Yearly Review")


def table_over_two_pages() -> bytes:
    rows = [["Workshop", "Tenants", "Floor area (m2)"]]
    rows += [[f"Hall {n}", f"{n % 7 + 3}", f"{1_000 + 37 * n:,}"] for n in range(1, 61)]
    rows += [["Kesselhaus", "412", "9,350"]]
    story = [
        Paragraph("Brückenau Works: Halls and Tenants", TITLE),
        Paragraph(background("Brückenau Works")[0], BODY),
        Paragraph("Table 1. Tenants and floor area of the halls of Brückenau Works, 2020", BODY),
        table(rows, GRID),
    ]
    return report(story, title="Brückenau Works: Halls and Tenants")


def chinese_pdf() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("han", fontName="STSong-Light", fontSize=11, leading=18, wordWrap="CJK")
    head = ParagraphStyle("han head", body, fontSize=18, leading=28)
    first = "滨江科学城位于江北，原为造船厂旧址。园区由市政府与三所高校共同管理，重点发展海洋工程。"
    second = "滨江科学城的深海实验室于2016年建成，总投资为7.4亿元，是江北第一座国家级实验室。"
    third = "园区还设有人才公寓、中小学和一条沿江步道，周末对市民开放。"
    story = [
        Paragraph("滨江科学城发展报告", head), Paragraph(first * 2, body), PageBreak(),
        Paragraph("重点工程", head), Paragraph(second, body), Paragraph(third, body),
    ]  # fmt: skip
    return report(story, title="滨江科学城发展报告")


def brief_pdf(place: str, fact: str) -> bytes:
    story = [Paragraph(f"{place} in Brief", TITLE),
             *_pdf_chapter("Setting", *background(place)[:2]),
             *_pdf_chapter("Facts", fact, background(place)[3])]  # fmt: skip
    return report(story, title=f"{place} in Brief")


def docx(title: str, chapters: dict[str, list[str]], rows: list[list[str]] | None = None) -> bytes:
    document = WordDocument()
    document.core_properties.title = title
    document.add_heading(title, 0)
    for heading, paragraphs in chapters.items():
        document.add_heading(heading, 1)
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
    if rows:
        grid = document.add_table(0, len(rows[0]))
        for cells in rows:
            for at, words in zip(grid.add_row().cells, cells, strict=True):
                at.text = words
    raw = io.BytesIO()
    document.save(raw)
    return raw.getvalue()


def pptx(
    title: str,
    slides: dict[str, list[str]],
    rows: list[list[str]] | None = None,
    hidden: bool = False,
) -> bytes:
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = title
    for heading, points in slides.items():
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = heading
        slide.placeholders[1].text = "\n".join(points)
    if rows:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "Figures"
        box = (Inches(1), Inches(2), Inches(8), Inches(3))
        grid = slide.shapes.add_table(len(rows), len(rows[0]), *box).table
        for y, cells in enumerate(rows):
            for x, words in enumerate(cells):
                grid.cell(y, x).text = words
    if hidden:
        deck.slides[-1].element.set("show", "0")
    raw = io.BytesIO()
    deck.save(raw)
    return raw.getvalue()


def xlsx(sheets: dict[str, list[list[object]]], merged: str = "", hidden: str = "") -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
        if name == hidden:
            sheet.sheet_state = "hidden"
        if merged:
            sheet.merge_cells(merged)
    raw = io.BytesIO()
    workbook.save(raw)
    return raw.getvalue()


def page(
    title: str, chapters: dict[str, list[str]], language: str = "en", charset: str = "utf-8"
) -> bytes:
    body = "".join(
        f"<h2>{heading}</h2>" + "".join(f"<p>{words}</p>" for words in paragraphs)
        for heading, paragraphs in chapters.items()
    )
    return f"""<!DOCTYPE html><html lang="{language}"><head><meta charset="{charset}">
<title>{title} | City Papers</title><script>var tracked = 1;</script></head><body>
<nav><a href="/">Home</a> <a href="/all">All districts</a></nav>
<main><article><h1>{title}</h1>{body}</article></main>
<aside>Subscribe to our newsletter</aside><footer>© City Papers. All rights reserved.</footer>
</body></html>""".encode(charset)


def markdown(title: str, chapters: dict[str, list[str]]) -> str:
    parts = (f"## {head}\n\n" + "\n\n".join(words) + "\n" for head, words in chapters.items())
    return f"# {title}\n\n" + "\n".join(parts)


def cells(rows: list[list[str]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = "Ines Duarte <ines@faro.example>"
    message["To"] = "office@faro.example"
    message["Date"] = "Tue, 14 May 2019 09:30:00 +0200"
    message["Subject"] = "Figures for Faro Marina Labs"
    message.set_content("Dear all,\n\nattached are the figures that the board asked for.\n\nInes\n")
    rows = [["Building", "Desks", "Year opened"], ["Lighthouse", "270", "2015"],
            ["Cannery", "655", "2018"], ["Salt Store", "94", "2019"]]  # fmt: skip
    message.add_attachment(
        cells(rows, ",").encode(), maintype="text", subtype="csv", filename="faro desks.csv"
    )
    return message.as_bytes()


def zipped(files: dict[str, bytes | str]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def papers() -> str:
    return "\n".join((
        '{"_id": "paper-1", "title": "Rents near parks", "text": "We study rents of workshops. '
        'Rents rise with the distance to the motorway."}',
        '{"_id": "paper-2", "title": "Commuting to Ostrava Foundry Park", "text": "We counted '
        'travellers for a year. Of those who work in Ostrava Foundry Park, 38 percent come by '
        'bicycle in summer."}',
    ))  # fmt: skip


def _chapters(place: str, heading: str, fact: str) -> dict[str, list[str]]:
    first, second, third, fourth = background(place)
    return {"Setting": [first], heading: [fact, third], "Debate": [second, fourth]}


def good() -> list[Made]:
    """Thirty-five files that can be read."""
    return [*_pdf(), *_office(), *_workbooks(), *_texts(), *_others()]


def _pdf() -> list[Made]:
    return [
        Made("Nordhaven review 2021.pdf", two_columns(),
             "With how much money was the Nordhaven Seed Fund opened?", "46 million euros", 2),
        Made("reports/Brückenau halls.pdf", table_over_two_pages(),
             "How many tenants does the Kesselhaus of Brückenau Works have?", "412",
             ("Kesselhaus", "Tenants")),
        Made("滨江科学城.pdf", chinese_pdf(), "滨江科学城的深海实验室总投资是多少？", "7.4亿元", 2),
        Made("Tejo brief.docx", brief_pdf("Tejo Campus", "The test track of Tejo Campus for "
             "driverless trams is 2.6 kilometres long and was opened by the minister."),
             "How long is the test track of Tejo Campus?", "2.6 kilometres", "Facts"),
        Made("reports/brochure", brief_pdf("Aare Quarter", "The first director of Aare Quarter was "
             "Regula Steiner, who came from the watch school."),
             "Who was the first director of Aare Quarter?", "Regula Steiner", 1),
    ]  # fmt: skip


def _office() -> list[Made]:
    return [
        Made("Kronborg charter.docx", docx("Charter of Kronborg Yards", _chapters(
                "Kronborg Yards", "Membership", "Members of Kronborg Yards pay a yearly fee of "
                "1,250 kroner, which is waived for schools.")),
             "What yearly fee do members of Kronborg Yards pay?", "1,250 kroner", "Membership"),
        Made("Silesia programme.docx", docx("Silesia Loop Programme",
                _chapters("Silesia Loop", "Aims", "The programme links three mines."),
                [["Project", "Cost in million zloty", "Completed"], ["Shaft library", "83", "2018"],
                 ["Coal bridge", "127", "2020"], ["Winding tower", "39", "2016"]]),
             "What did the Coal bridge cost in million zloty?", "127",
             ("Coal bridge", "Cost in million zloty")),
        Made("苏湾创新区.docx", docx("苏湾创新区概况", {
                "历史": ["苏湾创新区原来是一片盐田，2009年开始建设。"],
                "交通": ["苏湾创新区的轻轨全长18.5公里，共设十二座车站。", "可以骑车到海边。"]}),
             "苏湾创新区的轻轨全长多少公里？", "18.5公里", "交通"),
        Made("Tartu statutes.doc", docx("Statutes of Emajõgi Park", _chapters(
                "Emajõgi Park", "Board", "The board of Emajõgi Park has eleven members, four of "
                "whom are elected by tenants.")),
             "How many members does the board of Emajõgi Park have?", "eleven members", "Board"),
        Made("Gdynia kickoff.pptx", pptx("Motława Docks", {
                "Why": ["Old docks stand empty", "The university lacks rooms"],
                "When": ["Motława Docks will open its maker hall in March 2024",
                         "Flats follow later"],
                "Risks": ["The quay wall may have to be built anew"]}, hidden=True),
             "When will Motława Docks open its maker hall?", "March 2024", 3),
        Made("Zürich Nord.pptx", pptx("Glatt Valley Review", {"Summary": ["All is on time"]},
                [["Cluster", "Patents"], ["Optics", "318"], ["Drones", "147"]]),
             "How many patents does the Optics cluster of Glatt Valley have?", "318",
             ("Optics", "Patents")),
        Made("云溪谷.pptx", pptx("云溪谷创新社区", {
                "概况": ["云溪谷位于城市西部"],
                "企业": ["云溪谷共有独角兽企业23家", "员工平均年龄29岁"]}),
             "云溪谷有多少家独角兽企业？", "23家", 3),
    ]  # fmt: skip


def _workbooks() -> list[Made]:
    return [
        Made("Maas firms.xlsx", xlsx({
                "Notes": [["Figures of Maas Peninsula"], ["Source: chamber of commerce"]],
                "Firms": [["Sector", 2019, 2020, 2021], ["Robotics in Maas Peninsula", 51, 64, 79],
                          ["Batteries in Maas Peninsula", 12, 15, 33],
                          ["Shipping in Maas Peninsula", 88, "under review", 93]],
                "Raw": [["Sector", 2019], ["Robotics", 50]]}, hidden="Raw"),
             "How many firms were in the sector Batteries in Maas Peninsula in 2021?", "33",
             ("Batteries in Maas Peninsula", "2021")),
        Made("Graz lab space.xlsx", xlsx({"Lab space": [
                ["Site", "Lab space (m2)", None], [None, "planned", "built"],
                ["Mur Island", 5200, 4875], ["Schlossberg Tunnel", 800, 790]]}, "B1:C1"),
             "How much lab space was built at Mur Island?", "4875",
             ("Mur Island", "Lab space (m2) | built")),
        Made("海州产业.xlsx", xlsx({"产业": [["园区", "企业数量", "研发投入（亿元）"],
                ["海州软件园", 462, 31.7], ["海州港口区", 158, 9.2]]}),
             "海州软件园的企业数量是多少？", "462", ("海州软件园", "企业数量")),
        Made("data/Leuven spin-offs.xls", xls({"Spin-offs": [
                ["Faculty", "Spin-offs", "Jobs in spin-offs"],
                ["Pharmacy", 17, 940], ["Forestry", 6, 130]]}),
             "How many jobs in spin-offs does the faculty Pharmacy have?", "940",
             ("Pharmacy", "Jobs in spin-offs")),
        Made("data/Porto energy.ods", ods(
                row(words("Building"), words("Solar output (MWh)")),
                row(words("Cork Hall"), words("615")), row(words("Wine Lodge"), words("208"))),
             "What is the solar output of Cork Hall?", "615", ("Cork Hall", "Solar output (MWh)")),
        Made("data/Malmö budget.csv", cells([
                ["Item", "Budget (million kronor)"], ["Ferry pier", "12,5"],
                ["Night school", "3,75"], ["Wind roof", "8,25"]], ";").encode("cp1252"),
             "What is the budget of the Night school?", "3,75",
             ("Night school", "Budget (million kronor)")),
        Made("data/Lyon.tsv", cells([["Incubator", "Startups"], ["Presqu'île Nest", "58"],
                ["Silk Loft", "91"]], "\t").encode(),
             "How many startups are in the Silk Loft incubator?", "91", ("Silk Loft", "Startups")),
        Made("data/indicators.csv", cells([
                ["entity", "year", "indicator", "value", "unit"],
                ["Valletta Bastions", "2018", "R&D intensity", "1.94", "percent"],
                ["Valletta Bastions", "2019", "R&D intensity", "2.31", "percent"]], ",").encode(),
             "What was the R&D intensity of Valletta Bastions in 2019?", "2.31",
             ("Valletta Bastions", "value")),
    ]  # fmt: skip


def _texts() -> list[Made]:
    return [
        Made("notes/eindhoven.md", markdown("Dommel Strip", _chapters(
                "Dommel Strip", "Origins", "Dommel Strip was founded by the lamp maker Frits "
                "Verhagen after the glass works burnt down.")).encode(),
             "Who founded Dommel Strip?", "Frits Verhagen", "Origins"),
        Made("Новоград.md", markdown("Novograd Terraces", _chapters(
                "Novograd Terraces", "Power", "Novograd Terraces takes its heat from a geothermal "
                "well that is 3,100 metres deep.")).encode(),
             "How deep is the geothermal well of Novograd Terraces?", "3,100 metres", "Power"),
        Made("🚀 launch.md", markdown("Kiruna Spaceport Cluster", _chapters(
                "Kiruna Spaceport Cluster", "Launches", "The first rocket of Kiruna Spaceport "
                "Cluster rose on 9 June 2022 with a weather probe.")).encode(),
             "When did the first rocket of Kiruna Spaceport Cluster rise?", "9 June 2022",
             "Launches"),
        Made("notes/Elbwerft.txt", ("Die Elbwerft – Quartier für Gründer\r\n\r\n"
                "Früher wurden hier Schiffe genietet. Die Straßenbahn hält am Tor.\r\n\r\n"
                "The café “Zur Nähmaschine” in the Elbwerft quarter is run by 14 tailors.\r\n"
                ).encode("cp1252"),
             "How many tailors run the café in the Elbwerft quarter?", "14 tailors", ""),
        Made("notes/青石港.txt", ("青石港科技园简介\n\n青石港科技园建于2012年，占地面积为260公顷。"
                "园区内有两座图书馆。\n").encode("gb18030"),
             "青石港科技园的占地面积是多少？", "260公顷", ""),
        Made("notes/utf16.txt", "Sava Bend: minutes of the founding\r\n\r\nThe court of Sava Bend "
                "planted 700 lime trees in its first winter.\r\n".encode("utf-16"),
             "How many lime trees did the court of Sava Bend plant?", "700 lime trees", ""),
        Made("notes/Minutes", b"Minutes of the Tagus Assembly\n\nPresent were all owners. The "
             b"assembly chose Madalena Prior as speaker of Belem Sheds.\n",
             "Whom did the assembly choose as speaker of Belem Sheds?", "Madalena Prior", ""),
        Made("notes/Wieliczka.TXT", b"Salt Crown Works\n\nThe lift of Salt Crown Works carries 36 "
             b"people at a time down to the server hall.\n",
             "How many people does the lift of Salt Crown Works carry?", "36 people", ""),
    ]  # fmt: skip


def _others() -> list[Made]:
    return [
        Made("web/aarhus.html", page("Aarhus Dome Quarter", _chapters(
                "Aarhus Dome Quarter", "Water", "Aarhus Dome Quarter stores rain in a cistern of "
                "5,400 cubic metres under its square.")),
             "How large is the cistern of Aarhus Dome Quarter?", "5,400 cubic metres", "Water"),
        Made("web/龙泉.htm", page("龙泉智谷介绍", {
                "规模": ["龙泉智谷是一个以人工智能为主的园区，与大学合作，吸引了许多青年人才。"],
                "人才": ["龙泉智谷现有科研人员8600名，其中三分之一来自海外，平均每年新增五百名。"],
                "生活": ["园区内有食堂、书店和一个室内游泳池，晚上也向周边居民开放。",
                         "为了减少堵车，园区与附近的地铁站之间每十分钟有一班接驳车。"]},
                "zh", "gb18030"),
             "龙泉智谷有多少名科研人员？", "8600名", "人才"),
        Made("web/Bilbao.xls", page("Nervión Bend Story", _chapters(
                "Nervión Bend", "Bridge", "The footbridge of Nervión Bend was drawn by the "
                "engineer Ainhoa Etxebarria.")),
             "Who drew the footbridge of Nervión Bend?", "Ainhoa Etxebarria", "Bridge"),
        Made("Trondheim.epub", book({
                "1.xhtml": "<h1>Before the docks</h1><p>The river was full of logs.</p>",
                "2.xhtml": "<h1>The brewery years</h1><p>The brewery of Nidelva Reach was turned "
                "into 85 studios by the guild of painters.</p><p>Few of them were heated.</p>"}),
             "Into how many studios was the brewery of Nidelva Reach turned?", "85 studios",
             "The brewery years"),
        Made("papers.jsonl", papers().encode(),
             "What share of those who work in Ostrava Foundry Park come by bicycle?", "38 percent",
             "", "paper-2"),
        Made("mails/Faro.eml", mail(), "How many desks are in the Cannery building?", "655",
             ("Cannery", "Desks"), "mails/Faro.eml/faro desks.csv"),
        Made("archive/Ghent.zip", zipped({
                "Ghent/read me first.txt": "All papers of the Leie Basin office, as of 2022.\n",
                "Ghent/2022/Leie Basin.md": markdown("Leie Basin", _chapters(
                    "Leie Basin", "Boats", "Leie Basin rents out 48 electric boats, all built in "
                    "its own yard."))}),
             "How many electric boats does Leie Basin rent out?", "48 electric boats", "Boats",
             "archive/Ghent.zip/Ghent/2022/Leie Basin.md"),
    ]  # fmt: skip


def bad() -> list[Bad]:
    """Five files that cannot be read."""
    picture = io.BytesIO()
    Image.new("L", (60, 80), 200).save(picture, "PNG")
    secret = StandardEncryption("open sesame", ownerPassword="owner", strength=128)
    ragged = "Site,Firms,Jobs\nQuay,3,90\nMill,4\nYard,5,70,see page 9,new\nLock,2,40\n"
    whole = docx("Minutes of the Quay", _chapters("The Quay", "Votes", "Nobody voted against."))
    return [
        Bad("bad/contract.pdf", drawn(says("The rent is secret."), encrypt=secret),
            "is encrypted; save it without a password"),
        Bad("bad/download.docx", whole[: len(whole) * 2 // 3],
            "is a damaged ZIP file or office document (File is not a zip file); copy or download "
            "it again"),
        Bad("bad/backup.zip", zipped({"backup.txt": bytes(32 << 20)}),
            "would unpack to 1,028 times its size, as no document does; unpack it yourself if you "
            "trust it", "bad/backup.zip/backup.txt"),
        Bad("bad/scan.pdf", picture.getvalue(),
            "is of another format (Portable Network Graphics file); InnoQA reads " + READ),
        Bad("bad/ragged.csv", ragged.encode(),
            "has 5 cells in line 4 under a header of 3; add the missing column name or quote the "
            "cell"),
    ]  # fmt: skip

#include "core/dataset/scan.h"
#include "tests/core/dataset/scan_words.h"
#include "tests/support/painted_picture.h"
#include "tests/support/source_dir.h"

#include <QTest>

#include <sys/stat.h>

using namespace vernier;
using namespace vernier::test;
namespace fs = std::filesystem;

/// Which files of a folder are used, and what is said of the others.
class TestScanFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatCannotBeUsedIsListedAndTheRestGoesOn();
    void aPipeIsListedAndNotWaitedFor();
    void picturesOutsideOfClassesAreCounted();
    void filesThatAreNoPicturesAreNoted();
    void picturesThatAreOddButWholeAreUsedAndNoted();
    void whatIsAPictureIsToldByContent();
    void whatIsCalledAPictureAndIsNoneIsListed();
    void picturesOfOtherKindsAreListedByName_data();
    void picturesOfOtherKindsAreListedByName();
    void aFileThatMayBeAPictureIsUsedOrListed();
    void aPictureUnderTheWrongExtensionIsUsed();
    void sizesAndOrientationAreTold();
};

void TestScanFiles::whatCannotBeUsedIsListedAndTheRestGoesOn()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 2, 0);
    folder.write("cat/empty.jpg", "");
    folder.write("cat/text.png", "this is no picture");
    folder.write("cat/moving.gif", "GIF89a\x01\x01");
    auto cut = paintedJpeg(200, 100);
    cut.resize(cut.size() / 2);
    folder.write("cat/cut.jpeg", cut);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->images.size(), std::size_t { 2 });
    QCOMPARE(problems(**snapshot),
        QStringList({ "cat/cut.jpeg: cut off: the picture ends early; copy the file again",
            "cat/empty.jpg: the file is empty; copy the file again",
            "cat/moving.gif: cut off: the picture ends early; copy the file again",
            "cat/text.png: the content is not that of a picture" }));
}

void TestScanFiles::aPipeIsListedAndNotWaitedFor()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    QCOMPARE(::mkfifo((folder / "cat/pipe.jpg").c_str(), 0600), 0);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(problems(**snapshot), QStringList("cat/pipe.jpg: is not a regular file"));
}

void TestScanFiles::picturesOutsideOfClassesAreCounted()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "train/cat", 1, 0);
    writePaintedClass(folder, "train", 2, 0);
    folder.write("cover.jpg", paintedJpeg(20, 20));
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->images.size(), std::size_t { 1 });
    QCOMPARE(problems(**snapshot),
        QStringList({ ".: left out: 1 picture outside of any class folder",
            "train: left out: 2 pictures outside of any class folder" }));
}

void TestScanFiles::filesThatAreNoPicturesAreNoted()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    folder.write("readme.txt", "pictures of cats");
    folder.write("cat/labels.csv", "a,b");
    const auto one = scan(folder.path());
    QVERIFY(one);
    QCOMPARE((*one)->images.size(), std::size_t { 1 });
    QVERIFY((*one)->problems.empty());
    QCOMPARE(
        notes(**one).last(), QString("1 file is no picture and is passed over: cat/labels.csv."));
    for (const char* name : { "cat/1.jpg.json", "cat/2.txt", "cat/3.xml", "cat/film.mp4",
             "cat/x.md", "cat/BMW.csv", "cat/P5 of six.txt" })
        folder.write(name, name + 4);
    const auto many = scan(folder.path());
    QVERIFY(many);
    QVERIFY2((*many)->problems.empty(), qPrintable(problems(**many).join('\n')));
    QCOMPARE(notes(**many).last(),
        QString("8 files are no pictures and are passed over: cat/1.jpg.json, cat/2.txt, "
                "cat/3.xml, cat/BMW.csv, cat/P5 of six.txt ..."));
}

void TestScanFiles::picturesThatAreOddButWholeAreUsedAndNoted()
{
    TemporaryFolder folder;
    fs::create_directories(folder / "cat");
    const auto copy = [&](const char* from, const char* to) {
        fs::copy_file(dataDir() / from, folder / "cat" / to);
    };
    copy("jpeg/no_end_all_pixels.jpg", "a.jpg");
    copy("jpeg/no_end_then_zeros.jpg", "b.jpg");
    copy("jpeg/stray_zeros_before_scan.jpg", "c.jpg");
    copy("jpeg/photo_optimized.jpg", "d.jpg");
    copy("tiff/rgb_two_pages_8.tif", "e.tif");
    copy("jpeg/damaged_cut_at_60_percent.jpg", "f.jpg");
    copy("tiff/refused_float_32.tif", "g.tif");
    const TemporaryFolder cache;
    // Until their times are believed, and what is learnt of them is remembered.
    QTest::qWait(2100);
    for (int time = 0; time < 2; ++time) {
        const auto read = scan(folder.path(), {}, {}, { cache.path(), {} });
        QVERIFY(read);
        QCOMPARE((*read)->images.size(), std::size_t { 5 });
        QCOMPARE(problems(**read),
            QStringList({ "cat/f.jpg: cut off: the picture ends early; copy the file again",
                "cat/g.tif: TIFF pictures of floating-point numbers cannot be used; save it with 8 "
                "or 16 bits a channel, as RGB or grey" }));
        QCOMPARE(notes(**read).last(3),
            QStringList({ "1 picture with more pages than the first, which is used: cat/e.tif.",
                "2 pictures with no end marker, but all of the pixels are there: cat/a.jpg, "
                "cat/b.jpg.",
                "1 picture with stray bytes in the header, which cost no pixel: cat/c.jpg." }));
    }
}

void TestScanFiles::whatIsAPictureIsToldByContent()
{
    TemporaryFolder folder;
    const QStringList names { "a.pjpeg", "b.pjp", "c.jif", "d.JPG_large", "e.jpg_640x640q90",
        "f.jpg!d", "g.jpg~", "h.jpg (1)", "i.jpeg.", "j.csv", "k.hif", "l", "m.jpg?size=2.5" };
    for (const auto& name : names)
        folder.write("cat/" + name.toStdString(), paintedJpeg(30, 20));
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(paths(**snapshot).replaceInStrings("cat/", ""), names);
    QVERIFY((*snapshot)->problems.empty());
}

void TestScanFiles::whatIsCalledAPictureAndIsNoneIsListed()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    for (const char* name : { "a.jif", "b.JPG_large", "c.jpg~", "d.hif", "e.j2k", "f" })
        folder.write(std::string("cat/") + name, "gone");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->problems.size(), std::size_t { 6 });
    for (const auto& problem : (*snapshot)->problems)
        QCOMPARE(problem.reason, std::string("the content is not that of a picture"));
}

void TestScanFiles::picturesOfOtherKindsAreListedByName_data()
{
    QTest::addColumn<QByteArray>("start");
    QTest::addColumn<QString>("reason");
    const auto row
        =
            [](const char* name, const QByteArray& start) {
                QTest::newRow(name)
                    << start
                    << QString("%1 pictures cannot be used; save it as JPEG or PNG").arg(name);
            };
    row("JPEG XL", QByteArray("\xFF\x0A\xFA\x9F", 4));
    row("JPEG XR", QByteArray("II\xBC\1", 4));
    row("Photoshop", "8BPS");
    row("OpenEXR", QByteArray("\x76\x2F\x31\x01", 4));
    row("SVG", "<?xml version=\"1.0\"?>\n<svg>");
    row("DICOM", QByteArray(128, '\0') + "DICM");
    row("icon", QByteArray("\0\0\1\0\1\0", 6));
    for (const auto& raw : { QByteArray("II\x2A\0\x10\0\0\0CR\2\0", 12),
             QByteArray("\0\0\0\x18"
                        "ftypcrx ",
                 12),
             QByteArray("FUJIFILMCCD-RAW"), QByteArray("IIRO\x08\0\0\0", 8),
             QByteArray("IIU\0\x18\0\0\0", 8) })
        QTest::newRow(("raw: " + raw.toHex()).constData())
            << raw << "raw photographs cannot be used; export it as JPEG";
}

void TestScanFiles::picturesOfOtherKindsAreListedByName()
{
    QFETCH(QByteArray, start);
    QFETCH(QString, reason);
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 1, 0);
    folder.write("cat/picture.odd", std::string_view(start.constData(), std::size_t(start.size())));
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(problems(**snapshot), QStringList("cat/picture.odd: " + reason));
}

void TestScanFiles::aFileThatMayBeAPictureIsUsedOrListed()
{
    TemporaryFolder folder;
    writePaintedClass(folder, "cat", 3, 0);
    fs::rename(folder / "cat/1.jpg", folder / "cat/scan0001");
    fs::rename(folder / "cat/2.jpg", folder / "cat/both eyes.MPO");
    folder.write("cat/Makefile", "all:");
    folder.write("cat/IMG_1.CR2", std::string_view("II\x2A\0\x10\0\0\0CR", 10));
    folder.write("cat/text.ppm", "P3 1 1 255\n0 0 0");
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE(paths(**snapshot), QStringList({ "cat/3.jpg", "cat/both eyes.MPO", "cat/scan0001" }));
    const auto listed = problems(**snapshot);
    QCOMPARE(listed.size(), 3);
    QVERIFY(listed[0].startsWith("cat/IMG_1.CR2: raw photographs cannot be used"));
    QVERIFY(listed[1].startsWith("cat/Makefile: the content is not that of a picture"));
    QVERIFY(listed[2].startsWith("cat/text.ppm: PNM"));
}

void TestScanFiles::aPictureUnderTheWrongExtensionIsUsed()
{
    TemporaryFolder folder;
    folder.write("cat/1.png", paintedJpeg(30, 20));
    folder.write("cat/2.JPG", paintedPng(30, 20));
    folder.write("cat/3.gif", paintedPng(30, 20));
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    QCOMPARE((*snapshot)->images.size(), std::size_t { 3 });
}

void TestScanFiles::sizesAndOrientationAreTold()
{
    TemporaryFolder folder;
    const auto file = paintedJpeg(60, 40);
    folder.write("cat/1.jpg", file);
    const auto snapshot = scan(folder.path());
    QVERIFY(snapshot);
    const auto& image = (*snapshot)->images[0];
    QCOMPARE(image.width, 60);
    QCOMPARE(image.height, 40);
    QCOMPARE(image.bytes, static_cast<std::uint64_t>(file.size()));
}

QTEST_APPLESS_MAIN(TestScanFiles)
#include "tst_scan_files.moc"

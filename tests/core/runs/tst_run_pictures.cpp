#include "core/base/files.h"
#include "core/dataset/edit.h"
#include "core/runs/run_files.h"
#include "core/runs/run_store.h"
#include "tests/core/training/training_bench.h"

#include <algorithm>

using namespace vernier;
using namespace vernier::test;

/// What a run knows of its pictures, and what becomes of them since: edited, gone, moved.
class TestRunPictures : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatCouldNotBeUsedStaysKnown()
    {
        TrainingBench bench;
        auto dataset = *bench.dataset;
        dataset.problems = { { "train/cold/cut.jpg", "the picture ends early" } };
        dataset.notes = { "Class owl has no pictures." };
        auto job = bench.job("run");
        job.dataset = std::make_shared<const DatasetSnapshot>(dataset);
        run(job);
        const auto gone = dataset.images.front().path;
        std::filesystem::remove(bench.folder / "pictures" / gone);
        // What is gone is found out at each reading and is not written down beside the rest.
        for (int time = 0; time < 2; ++time) {
            const auto read = readRunDataset(bench.folder / "run");
            QVERIFY2(read, read ? "" : read.error().text().c_str());
            QCOMPARE((*read)->notes, dataset.notes);
            QCOMPARE((*read)->problems.size(), std::size_t { 2 });
            for (const auto& expected : { gone, dataset.problems[0].path })
                QVERIFY(std::ranges::find((*read)->problems, expected, &ScanProblem::path)
                    != (*read)->problems.end());
            QVERIFY(writeFileAtomically(
                bench.folder / "run" / run_files::kDataset, datasetToJson(**read)));
        }
    }

    void whatAPersonChangedOfARunsPicturesIsReadWithThem()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto folder = bench.folder / "run";
        const auto journals = bench.folder / "journals";
        const auto dataset = *readRunDataset(folder);
        QCOMPARE((*readJudgedRunDataset(folder, {}, journals))->images[0].label,
            dataset->images[0].label);
        const auto edited = relabelled(dataset, { 0 }, 1 - dataset->images[0].label);
        const auto journal = journalFile(journals, dataset->root);
        QVERIFY(writeJournal(journal, {}, editsOf(*edited)));
        const auto read = readJudgedRunDataset(folder, {}, journals);
        QVERIFY(read);
        QCOMPARE((*read)->images[0].label, edited->images[0].label);
        QCOMPARE((*read)->images[1].label, dataset->images[1].label);
        QCOMPARE((*readRunDataset(folder))->images[0].label, dataset->images[0].label);
        QVERIFY(writeFileAtomically(journal, "{\"images\": ["));
        const auto broken = readJudgedRunDataset(folder, {}, journals);
        QVERIFY(!broken);
        QCOMPARE(broken.error().path, journal);
    }

    void whatARunWasTrainedOnIsMendedFromWhatTheFolderSays()
    {
        TrainingBench bench;
        const auto label = bench.dataset->images[0].label;
        bench.dataset = confirmed(relabelled(bench.dataset, { 0 }, 1 - label), { 0 });
        run(bench.job("run"));
        const auto folder = bench.folder / "run";
        const auto trained = *readRunDataset(folder);
        QCOMPARE(trained->images[0].label, 1 - label);
        QCOMPARE(trained->images[0].found, std::optional(label));
        QVERIFY(trained->images[0].confirmed);
        // Nothing is said of the picture by now.
        const auto mended = *readMendedRunDataset(folder, {}, bench.folder / "none");
        QCOMPARE(mended->images[0].label, label);
        QVERIFY(!mended->images[0].confirmed);
    }

    void editsThatARunKeptItselfCountWhereTheJournalSaysNothing()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto folder = bench.folder / "run";
        const auto journals = bench.folder / "journals";
        const auto dataset = *readRunDataset(folder);
        const auto other = [&](std::size_t i) { return 1 - dataset->images[i].label; };
        const auto own = relabelled(relabelled(dataset, { 0 }, other(0)), { 1 }, other(1));
        QVERIFY(writeFileAtomically(folder / run_files::kEdits, toJson(editsOf(*own))));
        QCOMPARE((*readMendedRunDataset(folder, {}, journals))->images[0].label, other(0));
        QVERIFY(writeJournal(journalFile(journals, dataset->root), {},
            editsOf(*moved(dataset, { 1 }, Split::LeftOut))));
        const auto both = *readMendedRunDataset(folder, {}, journals);
        QCOMPARE(both->images[0].label, other(0));
        QCOMPARE(both->images[1].label, dataset->images[1].label);
        QCOMPARE(both->images[1].split, Split::LeftOut);
    }

    void theListOfPicturesOfAnOlderRunIsRead()
    {
        TemporaryFolder folder;
        folder.write("dataset.json",
            R"({"root": "/p", "classes": ["a", "b"], "validation_drawn": true,
                "images": [["a/1.jpg", 0, "train", 7, 8, 9],
                           ["b/2.jpg", 1, "left out", 7, 8, 9, true]],
                "problems": [["b/3.jpg", "the file is empty"]], "notes": []})");
        folder.write("here/a/1.jpg", "1234567");
        const auto read = readRunDataset(folder.path(), { folder / "here" });
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QVERIFY((*read)->validationDrawn);
        QCOMPARE((*read)->images.size(), std::size_t { 2 });
        const auto& second = (*read)->images[1];
        QCOMPARE(second.label, 1);
        QCOMPARE(second.split, Split::LeftOut);
        QVERIFY(second.splitByHand);
        QVERIFY(!second.found);
        QCOMPARE(second.height, 9);
        QCOMPARE((*read)->problems.size(), std::size_t { 1 });
    }

    void whatAPersonLeftOutIsLeftOutOfTheRun()
    {
        TrainingBench bench;
        const auto before = run(bench.job("before"));
        std::vector<std::size_t> images;
        for (const auto split : kSplits)
            images.push_back(static_cast<std::size_t>(
                std::ranges::find(bench.dataset->images, split, &ImageEntry::split)
                - bench.dataset->images.begin()));
        bench.dataset = moved(bench.dataset, images, Split::LeftOut);
        const auto events = run(bench.job("run"));
        const auto fewer = epochsOf(events).front();
        const auto all = epochsOf(before).front();
        QCOMPARE(fewer.trainCount, all.trainCount - 1);
        QCOMPARE(fewer.validationCount, all.validationCount - 1);
        QCOMPARE(std::get<Finished>(events.back()).testCount,
            std::get<Finished>(before.back()).testCount - 1);
        // It stays known as such, in the run and in what is edited of it.
        const auto folder = bench.folder / "run";
        const auto dataset = *readRunDataset(folder);
        QCOMPARE(dataset->images.size(), bench.dataset->images.size());
        for (const auto image : images)
            QCOMPARE(dataset->images[image].split, Split::LeftOut);
        const auto edited = moved(dataset, { dataset->images.size() - 1 }, Split::LeftOut);
        const auto journals = bench.folder / "journals";
        const auto journal = journalFile(journals, dataset->root);
        QVERIFY(writeJournal(journal, {}, editsOf(*edited)));
        QCOMPARE((*readJudgedRunDataset(folder, {}, journals))->count(Split::LeftOut), 4);
        QCOMPARE((*readMendedRunDataset(folder, {}, journals))->count(Split::LeftOut), 4);
        // Only whoever judges the run must not see it.
        const auto other
            = dataset->images.back().split == Split::Train ? Split::Validation : Split::Train;
        const auto elsewhere = moved(dataset, { dataset->images.size() - 1 }, other);
        QVERIFY(writeJournal(journal, editsOf(*edited), editsOf(*elsewhere)));
        QCOMPARE((*readJudgedRunDataset(folder, {}, journals))->count(Split::LeftOut), 4);
        const auto mended = *readMendedRunDataset(folder, {}, journals);
        QCOMPARE(mended->count(Split::LeftOut), 3);
        QCOMPARE(mended->images.back().split, other);
    }

    void aListOfPicturesThatIsBrokenSaysWhatToDo_data()
    {
        QTest::addColumn<QString>("content");
        QTest::newRow("cut off") << R"({"root": "/pictures", "classes": [)";
        QTest::newRow("another file") << R"({"colour": 1})";
        QTest::newRow("a class that is none")
            << R"({"root": "/p", "version": 2, "classes": ["a"], "validation_drawn": false,
                   "images": [{"path": "a/1.jpg", "class": "b", "split": "train", "bytes": 1,
                               "width": 1, "height": 1}]})";
        QTest::newRow("two classes of one name")
            << R"({"root": "/p", "version": 2, "classes": ["a", "a"], "validation_drawn": false,
                   "images": []})";
        QTest::newRow("a picture without a size")
            << R"({"root": "/p", "version": 2, "classes": ["a"], "validation_drawn": false,
                   "images": [{"path": "a/1.jpg", "class": "a", "split": "train", "bytes": 1}]})";
        QTest::newRow("a picture that is a number")
            << R"({"root": "/p", "version": 2, "classes": ["a"], "validation_drawn": false,
                   "images": [7]})";
        QTest::newRow("a split that is none")
            << R"({"root": "/p", "classes": ["a"], "validation_drawn": false,
                   "images": [["a/1.jpg", 0, "all", 1, 1, 1]]})";
    }
    void aListOfPicturesThatIsBrokenSaysWhatToDo()
    {
        QFETCH(QString, content);
        const TemporaryFolder folder;
        folder.write("dataset.json", content.toStdString());
        const auto read = readRunDataset(folder.path());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
        QCOMPARE(read.error().path, folder / run_files::kDataset);
        QVERIFY(!read.error().advice.empty());
    }

    void aPictureThatIsGoneForAWhileStaysPartOfTheRun()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto before = *readRunDataset(bench.folder / "run");
        const auto picture = before->absolute(before->images[3]);
        const auto away = bench.folder / "away.png";
        std::filesystem::rename(picture, away);
        const auto without = *readRunDataset(bench.folder / "run");
        QCOMPARE(without->images.size(), before->images.size());
        QCOMPARE(without->problems.size(), std::size_t { 1 });
        QCOMPARE(without->problems[0].path, before->images[3].path);
        const auto list = *readTextFile(bench.folder / "run/dataset.json", 1 << 20);
        run(bench.job("run", RunMode::Resume));
        QCOMPARE(*readTextFile(bench.folder / "run/dataset.json", 1 << 20), list);
        std::filesystem::rename(away, picture);
        QCOMPARE((*readRunDataset(bench.folder / "run"))->problems.size(), std::size_t { 0 });
    }

    void picturesThatMovedAreFoundWhereTheyAreNow()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto folder = bench.folder / "run";
        const auto moved = bench.folder / "moved";
        // Where they are still in their place, nothing else is looked at.
        QCOMPARE((*readRunDataset(folder, { moved }))->root, bench.dataset->root);
        std::filesystem::rename(bench.dataset->root, moved);
        const auto read = readRunDataset(folder, { moved });
        QVERIFY2(read, read ? "" : read.error().text().c_str());
        QCOMPARE((*read)->root, moved);
        QCOMPARE((*read)->images.size(), bench.dataset->images.size());
        QCOMPARE((*read)->problems.size(), std::size_t { 0 });
        QCOMPARE((*readJudgedRunDataset(folder, { moved }))->root, moved);

        // Others of the same names are not the run's.
        const auto name = "others" / bench.dataset->images[0].path;
        bench.folder.write(name.native(), "another picture");
        for (const auto& elsewhere : { bench.folder / "others", std::filesystem::path() }) {
            const auto none = readRunDataset(folder, { elsewhere, "look for them" });
            QVERIFY(!none);
            QCOMPARE(none.error().code, ErrorCode::NotFound);
            QCOMPARE(none.error().path, bench.dataset->root);
            QCOMPARE(none.error().advice, std::string("look for them"));
        }
    }

    void wherePicturesAreSaidToBeNothingElseIsLookedAt()
    {
        TrainingBench bench;
        run(bench.job("run"));
        const auto folder = bench.folder / "run";
        const auto copy = bench.folder / "copy";
        std::filesystem::copy(bench.dataset->root, copy, std::filesystem::copy_options::recursive);
        QCOMPARE((*readRunDataset(folder, { copy }))->root, bench.dataset->root);
        QCOMPARE((*readRunDataset(folder, { copy / "", "", true }))->root, copy);
        QCOMPARE((*readRunDataset(folder, { bench.dataset->root, "", true }))->root,
            bench.dataset->root);
        const auto none = readRunDataset(folder, { bench.folder / "none", "look for them", true });
        QVERIFY(!none);
        QCOMPARE(none.error().code, ErrorCode::NotFound);
        QCOMPARE(none.error().path, bench.folder / "none");
    }

    void aRunGoesOnWithPicturesThatMoved()
    {
        TrainingBench bench;
        const auto whole = epochsOf(run(bench.job("whole")));
        runAndStopAfter(bench.job("run"), 2);
        std::filesystem::rename(bench.dataset->root, bench.folder / "moved");
        std::vector<TrainingEvent> events;
        QVERIFY(!runJob(bench.job("run", RunMode::Resume), events));
        bench.dataset = *readRunDataset(bench.folder / "run", { bench.folder / "moved" });
        run(bench.job("run", RunMode::Resume));
        const auto info = readRun(bench.folder / "run");
        QVERIFY(info && info->finished);
        QVERIFY(sameNumbers(whole, epochsOf(info->events)));
        // Another phase writes down where they are.
        run(bench.job("run", RunMode::Extend));
        const auto read = readRunDataset(bench.folder / "run");
        QVERIFY(read);
        QCOMPARE((*read)->root, bench.folder / "moved");
    }

    void anyFileNameComesBackFromTheRun()
    {
        TrainingBench bench;
        const auto root = bench.folder / "pictures";
        const std::filesystem::path odd("train/cold/a\xe9t\xe9 \"x\".png");
        std::filesystem::rename(bench.dataset->absolute(bench.dataset->images[0]), root / odd);
        bench.dataset = withValidation(*scan(root), { 0.25, 1 });
        run(bench.job("run"));
        const auto read = *readRunDataset(bench.folder / "run");
        QCOMPARE(read->problems.size(), std::size_t { 0 });
        QVERIFY(std::any_of(read->images.begin(), read->images.end(),
            [&](const ImageEntry& image) { return image.path == odd; }));
    }
};

QTEST_GUILESS_MAIN(TestRunPictures)
#include "tst_run_pictures.moc"

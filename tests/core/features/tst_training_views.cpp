#include "core/features/file_pictures.h"
#include "core/features/training_views.h"
#include "core/image/decode.h"
#include "tests/core/training/training_bench.h"

using namespace vernier;
using namespace vernier::test;

namespace {

/// What training was given of each picture, in the order in which it was.
using Given = std::map<std::size_t, std::vector<Picture>>;

/// The files' pictures; those that are drawn are noted.
class NotedPictures final : public PictureSource {
public:
    NotedPictures(const DatasetSnapshot& dataset, const PictureNeeds& needs, KnownPictures& known,
        Given& given)
        : m_files(dataset, needs, known), m_given(given)
    {
    }
    Result<ContentHash> contentOf(std::size_t image) override { return m_files.contentOf(image); }
    void begin(std::vector<WantedPicture> list) override
    {
        m_list = list;
        m_at = 0;
        m_files.begin(std::move(list));
    }
    Result<Picture> next(std::stop_token stop) override
    {
        auto picture = m_files.next(stop);
        const auto& wanted = m_list.at(m_at++);
        if (picture && wanted.draw)
            m_given[wanted.image].push_back(*picture);
        return picture;
    }
    Result<Picture> read(const WantedPicture& wanted) override { return m_files.read(wanted); }

private:
    FilePictures m_files;
    Given& m_given;
    std::vector<WantedPicture> m_list;
    std::size_t m_at = 0;
};

std::vector<std::size_t> trainingOf(const TrainingBench& bench)
{
    return drawnTrainingPictures(*bench.dataset, bench.recipe.perClass, bench.recipe.seed);
}

std::size_t indexOf(const DatasetSnapshot& dataset, const std::filesystem::path& path)
{
    const auto found = std::find_if(dataset.images.begin(), dataset.images.end(),
        [&](const ImageEntry& image) { return image.path == path; });
    return static_cast<std::size_t>(found - dataset.images.begin());
}

} // namespace

class TestTrainingViews : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theyAreWhatTrainingIsGiven_data()
    {
        QTest::addColumn<int>("views");
        QTest::newRow("fresh") << kFreshViews;
        QTest::newRow("kept") << 3;
    }
    void theyAreWhatTrainingIsGiven()
    {
        QFETCH(int, views);
        TrainingBench bench;
        bench.recipe.views = views;
        bench.recipe.augmentation.rotation = 40;
        bench.recipe.augmentation.brightness = 0.3;
        bench.recipe.phases.front().epochs = 3;
        Given given;
        LiveKnobs knobs;
        const auto noted = [&](const DatasetSnapshot& dataset, const PictureNeeds& needs,
                               KnownPictures& known) -> std::unique_ptr<PictureSource> {
            return std::make_unique<NotedPictures>(dataset, needs, known, given);
        };
        QVERIFY(train(bench.job("run"), noted, knobs, {}, {}));
        QCOMPARE(given.size(), std::size_t { 36 });

        KnownPictures known({});
        const TrainingViews shown { *bench.dataset,
            *viewRules(bench.recipe, keptViews(bench.recipe, false)), known };
        for (const auto& [image, pictures] : given) {
            const auto expected = shown.of(image, 0, 3, {});
            QVERIFY(expected);
            QCOMPARE(pictures.size(), std::size_t { 3 });
            for (std::size_t i = 0; i < 3; ++i)
                QCOMPARE(largestDifference(pictures[i], (*expected)[i]), 0);
            QVERIFY(largestDifference(pictures[0], pictures[1]) > 10);
        }
    }

    void keptViewsComeAgainAndFreshOnesDoNot()
    {
        TrainingBench bench;
        bench.recipe.augmentation.rotation = 40;
        KnownPictures known({});
        const auto repeats = [&](int kept) {
            const TrainingViews shown { *bench.dataset, *viewRules(bench.recipe, kept), known };
            const auto views = shown.of(0, 0, 3, {});
            return largestDifference(views->at(0), views->at(2)) == 0;
        };
        QVERIFY(repeats(2));
        QVERIFY(!repeats(0));
    }

    void withoutAugmentationThePictureIsShownAsItIs()
    {
        TrainingBench bench;
        KnownPictures known({});
        const TrainingViews shown { *bench.dataset, *viewRules(bench.recipe, 1), known };
        const auto views = shown.of(0, 0, 2, {});
        QCOMPARE(views->at(0).width, 32);
        const auto path = bench.dataset->absolute(bench.dataset->images[0]);
        QCOMPARE(largestDifference(views->at(1), *decodeFitted(path, 32, Geometry::Stretch)), 0);
    }

    void savedViewsAreADatasetOfTheSameClasses()
    {
        TrainingBench bench;
        bench.recipe.augmentation.horizontalFlip = true;
        bench.folder.write("pictures/train/cold/more/1.jpg", paintedJpeg(48, 40, 99));
        bench.folder.write("pictures/train/warm/gone.jpg", paintedJpeg(48, 40, 98));
        bench.dataset = scan(bench.folder / "pictures").value();
        std::filesystem::remove(bench.folder / "pictures/train/warm/gone.jpg");
        KnownPictures known({});
        const TrainingViews shown { *bench.dataset, *viewRules(bench.recipe, 2), known };
        std::vector<std::int64_t> told;
        const auto saved = saveTrainingViews(shown, trainingOf(bench), 2, bench.folder / "saved",
            {}, [&](const Progress& progress) { told.push_back(progress.total); });
        QVERIFY(saved);
        QCOMPARE(saved->files, std::int64_t { 2 * (24 + 24 + 1) });
        QCOMPARE(saved->problems.size(), std::size_t { 1 });
        QCOMPARE(saved->problems[0].path, std::filesystem::path("train/warm/gone.jpg"));
        QCOMPARE(told, std::vector<std::int64_t>(50, 50));
        const auto again = scan(bench.folder / "saved").value();
        QCOMPARE(again->classes, bench.dataset->classes);
        QCOMPARE(static_cast<std::int64_t>(again->images.size()), saved->files);
        QVERIFY(again->problems.empty());
        const auto first = decode(bench.folder / "saved/cold/1.jpg 1.png");
        QVERIFY(first);
        const auto image = indexOf(*bench.dataset, "train/cold/1.jpg");
        QCOMPARE(largestDifference(*first, shown.of(image, 0, 1, {})->at(0)), 0);
        QVERIFY(std::filesystem::exists(bench.folder / "saved/cold/1.jpg (2) 2.png"));
    }

    void aFolderThatHoldsSomethingIsLeftAlone()
    {
        TrainingBench bench;
        bench.folder.write("saved/mine.txt", "mine");
        KnownPictures known({});
        const TrainingViews shown { *bench.dataset, *viewRules(bench.recipe, 1), known };
        const auto saved
            = saveTrainingViews(shown, trainingOf(bench), 1, bench.folder / "saved", {}, {});
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::Exists);
        const std::filesystem::directory_iterator files(bench.folder / "saved");
        QCOMPARE(std::distance(begin(files), end(files)), std::ptrdiff_t { 1 });
    }

    void savingStopsBetweenPictures()
    {
        TrainingBench bench;
        bench.recipe.augmentation.horizontalFlip = true;
        KnownPictures known({});
        const TrainingViews shown { *bench.dataset, *viewRules(bench.recipe, 1), known };
        std::stop_source stop;
        const auto saved = saveTrainingViews(shown, trainingOf(bench), 1, bench.folder / "saved",
            stop.get_token(), [&](const Progress& progress) {
                if (progress.done == 3)
                    stop.request_stop();
            });
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::Cancelled);
        const std::filesystem::directory_iterator files(bench.folder / "saved/cold");
        QCOMPARE(std::distance(begin(files), end(files)), std::ptrdiff_t { 3 });
    }
};

QTEST_GUILESS_MAIN(TestTrainingViews)
#include "tst_training_views.moc"

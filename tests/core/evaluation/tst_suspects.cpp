#include "core/base/file_state.h"
#include "core/dataset/edit.h"
#include "core/evaluation/suspects.h"
#include "core/weights/model_metadata.h"
#include "tests/core/evaluation/average_precision.h"
#include "tests/core/training/training_bench.h"
#include "tests/support/opened_files.h"

using namespace vernier;
using namespace vernier::test;

namespace {

/// A bench whose runs begin with weights that have seen its pictures, rightly labelled, while some
/// of its labels are wrong now.
struct WrongLabels : TrainingBench {
    std::set<std::size_t> flipped { 3, 11, 20, 40 };

    WrongLabels()
    {
        recipe.phases = { { { 3e-3, { { "block1", 3e-3 }, { "block2", 3e-3 } } }, 4, 0 } };
        run(job("before"));
        recipe.weights = (folder / "before" / kBestModelFile).string();
        recipe.phases = { { { 3e-3, {} }, 2, 0 } };
        for (const auto image : flipped)
            dataset = relabelled(dataset, { image }, 1 - dataset->images[image].label);
    }
    Result<Suspects> suspects(
        const std::string& run, std::stop_token stop = {}, const ProgressSink& progress = {}) const
    {
        return findSuspects(*dataset, { folder / run, "cpu" }, *cache, std::move(stop), progress);
    }
};

std::vector<std::size_t> imagesOf(const Suspects& suspects)
{
    std::vector<std::size_t> images;
    for (const auto& each : suspects.ranked)
        images.push_back(each.image);
    return images;
}

} // namespace

class TestSuspects : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wrongLabelsComeFirstWithTheRightClass()
    {
        WrongLabels bench;
        run(bench.job("a"));
        const auto found = bench.suspects("a");
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QCOMPARE(found->ranked.size(), bench.dataset->images.size());
        QVERIFY(averagePrecision(imagesOf(*found), bench.flipped) > 0.9);
        QVERIFY(found->likelyWrong() >= 4);
        double last = 0;
        for (const auto& each : found->ranked) {
            QCOMPARE(each.label, bench.dataset->images[each.image].label);
            QVERIFY(each.probabilityOfLabel >= last);
            last = each.probabilityOfLabel;
            QVERIFY(each.probabilityOfProposal >= each.probabilityOfLabel);
            QVERIFY(!each.likelyWrong || each.proposal != each.label);
            if (bench.flipped.contains(each.image)) {
                QVERIFY(each.likelyWrong);
                QCOMPARE(each.proposal, 1 - each.label);
            }
        }
    }

    void blocksThatHaveLearntTheWrongLabelsDoNotHideThem()
    {
        WrongLabels bench;
        run(bench.job("head"));
        bench.recipe.phases = { { { 3e-3, { { "block1", 3e-3 }, { "block2", 3e-3 } } }, 12, 0 } };
        run(bench.job("trunk"));
        const auto byHead = bench.suspects("head");
        const auto byTrunk = bench.suspects("trunk");
        QVERIFY(byHead && byTrunk);
        QCOMPARE(imagesOf(*byTrunk), imagesOf(*byHead));
        QCOMPARE(
            byTrunk->ranked.front().probabilityOfLabel, byHead->ranked.front().probabilityOfLabel);
    }

    void aSecondCallReadsNoPicture()
    {
        WrongLabels bench;
        run(bench.job("a"));
        // A file that has only just been written is not known again.
        for (const auto& image : bench.dataset->images)
            QTRY_VERIFY(FileState::of(bench.dataset->absolute(image))->isSettledAt(clockTime()));
        const auto first = bench.suspects("a");
        QVERIFY(first);
        const OpenedFiles opened(bench.folder / "pictures/train");
        const auto second = bench.suspects("a");
        QVERIFY(second);
        QVERIFY(opened.names().empty());
        QCOMPARE(imagesOf(*second), imagesOf(*first));
        QCOMPARE(
            second->ranked.front().probabilityOfLabel, first->ranked.front().probabilityOfLabel);
    }

    void whatCannotBeJudgedIsNamed()
    {
        WrongLabels bench;
        run(bench.job("a"));
        bench.dataset = moved(bench.dataset, { 0 }, Split::LeftOut);
        auto odd = *bench.dataset;
        odd.classes.push_back("zebra");
        odd.images[7].label = 2;
        bench.dataset = std::make_shared<DatasetSnapshot>(odd);
        bench.folder.write("pictures" / odd.images[5].path, "broken");
        const auto found = bench.suspects("a");
        QVERIFY2(found, found ? "" : found.error().text().c_str());
        QCOMPARE(found->ranked.size(), odd.images.size() - 3);
        QCOMPARE(found->alone, std::vector<std::size_t> { 7 });
        QCOMPARE(found->problems.size(), std::size_t { 1 });
        QCOMPARE(found->problems.front().path, odd.images[5].path);
        for (const auto image : imagesOf(*found))
            QVERIFY(image != 0 && image != 5 && image != 7);
    }

    void stopsAmongThePictures()
    {
        WrongLabels bench;
        run(bench.job("a"));
        bench.cache = std::make_shared<FeatureCache>();
        std::stop_source stop;
        const auto found = bench.suspects("a", stop.get_token(), [&](const Progress& progress) {
            if (progress.stage == "computing features")
                stop.request_stop();
        });
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::Cancelled);
    }

    void nothingToCompareIsSaid()
    {
        WrongLabels bench;
        run(bench.job("a"));
        const auto all = bench.dataset;
        const auto codeOf = [&](std::size_t cold, std::size_t warm) {
            auto few = *all;
            std::erase_if(few.images, [&](const ImageEntry& image) {
                auto& left = image.label == 0 ? cold : warm;
                return left == 0 || !left--;
            });
            bench.dataset = std::make_shared<DatasetSnapshot>(few);
            const auto found = bench.suspects("a");
            return found ? std::optional<ErrorCode>() : found.error().code;
        };
        QCOMPARE(codeOf(6, 0), ErrorCode::Invalid);
        QCOMPARE(codeOf(1, 1), ErrorCode::Invalid);
        QCOMPARE(codeOf(0, 0), ErrorCode::Invalid);
        QVERIFY(!codeOf(2, 1));
    }
};

QTEST_GUILESS_MAIN(TestSuspects)
#include "tst_suspects.moc"

#pragma once

#include "core/model/summary.h"
#include "core/recipe/recipe.h"

#include <QString>

namespace vernier::ui {

/// One column of the network drawing.
struct OutlineBlock {
    std::string name; ///< "block4", "head"
    std::vector<SummaryRow> rows;
    Shape input; ///< of the head: what its pooling leaves
    std::int64_t parameters = 0;
    std::int64_t multiplyAdds = 0; ///< one picture, forward
    bool trains = false;
    bool belowCut = false;
    double rate = 0; ///< 0 when frozen
    std::vector<double> layerRates; ///< of each row; 0 when frozen or without weights
    std::ptrdiff_t apart = 0; ///< layers that have a rate of their own

    std::ptrdiff_t trainingLayers() const;
    std::ptrdiff_t layersWithWeights() const;
    /// A row trains, or has nothing to train in a block of which something does.
    bool isAlive(std::size_t row) const;
    Shape output() const { return rows.empty() ? input : rows.back().output; }
};

/// What the window knows of the network that a phase of a recipe describes; all of it derives from
/// the architecture's layer list.
struct NetworkOutline {
    Shape input;
    std::vector<OutlineBlock> blocks; ///< up to the transfer layer, input side first
    OutlineBlock head;
    std::size_t cut = 0; ///< blocks[0, cut) lie below the cut; blocks.size(): only the head trains
    std::int64_t parameters = 0;
    std::int64_t trainable = 0;
    std::int64_t below = 0; ///< multiply-adds of one picture, forward, below the cut
    std::int64_t above = 0; ///< from the cut to the transfer layer
    int views = 1; ///< of each training picture that are kept below the cut; 0: fresh every epoch

    bool kept() const { return views > 0; }
};

/// `classes` is the number of the head's outputs; `onGpu` says where the network will run. Fails
/// where the recipe names a backbone or transfer layer that there is not.
Result<NetworkOutline> outlineOf(
    const Recipe& recipe, std::size_t phase, int classes, bool onGpu = false);

/// Share of an epoch's work that the cut saves, 0..1: what lies below is neither computed again nor
/// differentiated when it is kept, and not differentiated when it is not.
double savedShare(const NetworkOutline& outline);
QString savedText(const NetworkOutline& outline); ///< "87 %"; near all of it with a decimal

QString blockTitle(const std::string& block); ///< "Block 4", "Head"
QString layerName(const Layer& layer); ///< as it stands below its block's title: "conv1"
QString groupTitle(const std::string& group); ///< of a block, or a layer: "Block 4, conv1"
QString shapeText(const Shape& shape); ///< "28 x 28 x 512" with a real multiplication sign; "1 024"
QString shortCount(std::int64_t n); ///< "7.1 M", "38.7 k", "512"

/// The rate that a block gets when it is ticked: that of the blocks that train already, else a
/// hundredth of the head's, which keeps what the block has learnt.
double rateForNewBlock(const FreezePlan& plan);

} // namespace vernier::ui

#pragma once

#include "core/model/freeze_plan.h"

#include <span>
#include <string>
#include <vector>

namespace vernier {

struct SummaryRow {
    Layer layer;
    Shape output;
    std::int64_t parameters = 0;
    std::int64_t multiplyAdds = 0; ///< one sample, forward
    bool trains = false;
};
struct Summary {
    std::vector<SummaryRow> rows;
    std::int64_t parameters = 0;
    std::int64_t trainable = 0;
};

/// `plan` null: everything is counted as training.
Summary summarize(Shape input, std::span<const Layer> layers, const FreezePlan* plan = nullptr);

/// The table as `vernier-cli summary` prints it: layer, output shape (H, W, C), parameters; total
/// below.
std::string toText(const Summary& summary, std::string_view title);

} // namespace vernier

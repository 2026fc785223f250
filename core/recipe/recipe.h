#pragma once

#include "core/dataset/split.h"
#include "core/image/augmentation.h"
#include "core/model/freeze_plan.h"
#include "core/model/model_description.h"
#include "core/recipe/schedule.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vernier {

enum class OptimizerKind : std::uint8_t { Adam, AdamW, Sgd, RmsProp };
std::string_view name(OptimizerKind kind); ///< "adam", "adamw", "sgd", "rmsprop"

struct OptimizerSpec {
    OptimizerKind kind = OptimizerKind::Adam;
    double momentum = 0.9; ///< sgd, rmsprop
    double weightDecay = 0; ///< of weights; biases are left alone. adamw takes it from the weight
                            ///< itself, rate * decay * w; the others add decay * w to the gradient
    double epsilon = 1e-7; ///< Keras's
    double clipNorm = 0; ///< longest that all gradients together, as one vector, may be; 0: any
    bool operator==(const OptimizerSpec&) const = default;
};

/// What early stopping looks at, on the validation split.
enum class Watch : std::uint8_t { Loss, Accuracy };
std::string_view name(Watch watch); ///< "loss", "accuracy"

/// One stretch of a run with its own freeze plan, rates and epochs. The optimizer starts anew in
/// each phase.
struct Phase {
    FreezePlan plan;
    int epochs = 10; ///< at most
    int stepsPerEpoch = 0; ///< 0: whole passes; otherwise batches an epoch, drawn from a stream of
                           ///< shuffled passes
    Schedule schedule {};
    int patience
        = 0; ///< the phase ends after so many epochs in a row without a better one; 0: never
    Watch watch = Watch::Loss; ///< what has to be better: a lower loss or a higher accuracy
    bool operator==(const Phase&) const = default;
};

/// "block 5 at 1e-5, head at 1e-4, 5 epochs of 100 steps, cosine schedule, patience 3": for lists
/// and logs.
std::string describe(const Phase& phase);

/// "auto" picks bf16 where the device computes in it quickly, fp32 elsewhere.
enum class Precision : std::uint8_t { Auto, Fp32, Bf16 };
std::string_view name(Precision precision);

/// Values of Recipe::views that are no count.
inline constexpr int kAutoViews = -1; ///< "auto"
inline constexpr int kFreshViews = 0; ///< "fresh"

/// Value of Recipe::size that is no size.
inline constexpr int kBackbonesSize = 0; ///< "auto": what the backbone is published for

/// Everything that decides a run, as one JSON value. Default-constructed: what keys stand for that
/// a file leaves out.
struct Recipe {
    std::string name = "default";
    std::string about; ///< a sentence for people

    std::string backbone = "vgg16";
    std::string weights = "imagenet"; ///< "imagenet", "random", or a file that openWeights() reads
    std::string transferLayer = "block5_pool"; ///< a file that has none: the backbone's last layer
    std::string normalization = "auto"; ///< "auto": what the weights expect
    HeadSpec head;

    int size = kBackbonesSize; ///< edge of the network's pictures, pixels; see inputSize()
    Geometry geometry = Geometry::Stretch;
    Augmentation augmentation;
    int views = kAutoViews; ///< augmented versions kept per picture, see keptViews()
    bool classWeights = true;
    /// Training pictures that are used of each class, at most; see drawnTrainingPictures().
    int perClass = kAllOfClass;
    double validationFraction = 0.15; ///< used where the folder has no validation split
    double testToTrain = 0; ///< share of the test pictures that train instead

    int batchSize = 20;
    OptimizerSpec optimizer;
    double labelSmoothing = 0; ///< share of a label that is spread over all classes, see lossSum()
    double mixUp
        = 0; ///< alpha of the Beta distribution that shares are drawn from, see Mix; 0: off
    double averageDecay = 0; ///< of the averaged weights, see WeightAverage; 0: none are kept
    std::vector<Phase> phases { Phase {} };

    std::uint64_t seed = 1;
    std::string device = "auto"; ///< "auto", "cpu", "cuda", "cuda:N"
    Precision precision = Precision::Auto;

    bool operator==(const Recipe&) const = default;
};

/// Edge of the pictures that a recipe's network gets, pixels.
int inputSize(const Recipe& recipe, const Architecture& backbone);

/// How many versions of each picture are drawn once and kept; 0: every epoch draws new ones.
/// Without augmentation there is one. "auto" keeps 4 on a CPU, where the frozen layers are slow,
/// and none on a GPU.
int keptViews(const Recipe& recipe, bool onGpu);

/// Pretty JSON with every key, in a fixed order.
std::string toJson(const Recipe& recipe);
/// Missing keys take their defaults; an unknown key, a wrong type or a value out of range is
/// Invalid and names the key by its dotted path: `phases.0.epochs: must be 1..10000, is 0`. `file`
/// (may be empty) is named in errors.
Result<Recipe> recipeFromJson(std::string_view json, const std::filesystem::path& file);
/// Every rule that recipeFromJson applies, for a recipe made in the window.
Status check(const Recipe& recipe);
/// What a recipe's device may be: "auto", "cpu", "cuda" or "cuda:3", whether there is such a one or
/// not.
bool isDevice(std::string_view text);

/// How a folder's pictures are split for a run.
SplitOptions splitOptions(const Recipe& recipe);

/// After a change of backbone or transfer layer: a transfer layer that the backbone lacks becomes
/// its last, and the rates of blocks and layers that are not there, or lie above it, go.
void fitToBackbone(Recipe& recipe);

/// `--set key=value`, all at once, so that a backbone can be set together with its layers: any key
/// by its dotted name; the value is JSON, or else taken as a string.
Result<Recipe> withValues(
    const Recipe& recipe, const std::vector<std::pair<std::string, std::string>>& values);

/// The recipes that ship with the program: "default", "tutorial". Their JSON lies in
/// resources/recipes.
std::vector<std::string> builtInRecipeNames();
Result<Recipe> builtInRecipe(std::string_view name);

/// What a recipe says of the model, for a given list of classes. Opens the file of its weights
/// where only that says which normalization they expect.
Result<ModelDescription> describeModel(
    const Recipe& recipe, const std::vector<std::string>& classes);

} // namespace vernier

#pragma once

#include "core/recipe/recipe.h"

#include <QScrollArea>

#include <functional>
#include <vector>

class QLabel;
class QPushButton;

namespace vernier::ui {

class FoldGroup;
class SettingRow;

/// Every value of a recipe that is not drawn in the network, in groups that fold. Shows a recipe,
/// and tells what it would be after an edit; it holds no recipe of its own beyond the one shown.
class SettingsPanel : public QScrollArea {
    Q_OBJECT
public:
    explicit SettingsPanel(QWidget* parent = nullptr);

    /// `base` is what changed values are marked against and put back to. `phase` is the one whose
    /// epochs and steps are shown.
    void setRecipe(const Recipe& recipe, const Recipe& base, std::size_t phase);
    /// The row of a recipe key ("batch_size"); null where there is none.
    SettingRow* row(const QString& key) const;
    const std::vector<FoldGroup*>& groups() const { return m_groups; }
    /// Keys of all rows that are marked as changed.
    QStringList changedKeys() const;
    /// Pressed while what the network sees is shown beside the panel.
    QPushButton* previewButton() const { return m_preview; }
    /// Asks anew whether the backbone's weights are here.
    void lookForWeights();

Q_SIGNALS:
    /// A checked recipe that differs from the shown one in one value; `what` names the edit for
    /// undo, edits with one `mergeKey` may become one step.
    void edited(const vernier::Recipe& recipe, const QString& what, const QString& mergeKey);
    void weightsWanted(); ///< those of the backbone, which have to be fetched first

private:
    friend class SettingsBuilder;

    struct Binding {
        QString key;
        QString label;
        FoldGroup* group = nullptr;
        SettingRow* row = nullptr;
        std::function<void(const Recipe&)> show;
        std::function<bool()> changed; ///< m_recipe against m_base
        std::function<QString()> was; ///< m_base's value in words
        std::function<void(Recipe&)> putBack;
        std::function<bool(const Recipe&, std::size_t phase)> applies; ///< empty: always
    };

    void makeNetwork(class SettingsBuilder& builder);
    void makeHead(class SettingsBuilder& builder);
    void makeTraining(class SettingsBuilder& builder);
    void makeSchedule(class SettingsBuilder& builder);
    void makeRestOfTraining(class SettingsBuilder& builder);
    void makePictures(class SettingsBuilder& builder);
    void makeAugmentation(class SettingsBuilder& builder);
    void makeReproducibility(class SettingsBuilder& builder);
    void addBinding(Binding binding);
    /// Checks the recipe that an edit of `key` would give; tells it, or shows what is wrong.
    void offer(const QString& key, Recipe recipe);
    /// The shown phase, or the last one that `recipe` has.
    std::size_t phaseIn(const Recipe& recipe) const;

    std::vector<Binding> m_bindings;
    std::vector<FoldGroup*> m_groups;
    QLabel* m_normalization = nullptr;
    QPushButton* m_getWeights = nullptr;
    QPushButton* m_preview = nullptr;
    Recipe m_recipe;
    Recipe m_base;
    std::size_t m_phase = 0;
    bool m_showing = false;
};

} // namespace vernier::ui

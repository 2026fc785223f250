#pragma once

#include "ui/recipe/settings_panel.h"

#include <QString>

#include <map>
#include <utility>

class QPushButton;

namespace vernier::ui {

class FoldGroup;

/// Makes the rows of a SettingsPanel and binds each to its value in the recipe.
class SettingsBuilder {
public:
    /// Where a value lies in a recipe and, for values of a phase, in which phase.
    template <class T> using Access = T& (*)(Recipe&, std::size_t phase);
    struct Text {
        QString key; ///< as in the recipe file; settingWords() has its label
        QString tip;
    };
    /// As shown.
    struct Range {
        double low = 0;
        double high = 0;
        double step = 1;
    };
    /// Numbers that are shown as words, each as the recipe file has it.
    using Worded = std::map<int, std::string>;
    using Applies = std::function<bool(const Recipe&, std::size_t phase)>;
    /// Takes a text into a recipe, or answers why it cannot.
    using Reader = std::function<QString(Recipe&, const QString&)>;
    using Writer = std::function<QString(const Recipe&)>;

    explicit SettingsBuilder(SettingsPanel& panel, QWidget* rows);

    /// Rows made from now on go into a new group.
    void startGroup(const QString& title, bool folded);
    /// The rest of the group goes under a fold of its own, folded at first: what is rarely needed.
    void startRest(const QString& title);
    QLabel* addSentence();
    QPushButton* addButton(const QString& text, const QString& tip);

    /// Words may be typed too.
    /// Multiples of `step`; what is typed goes to the nearest.
    void addWhole(const Text& text, Access<int> access, int low, int high,
        const Worded& worded = {}, Applies applies = {}, int step = 1);
    void addNumber(
        const Text& text, Access<double> access, const Range& range, Applies applies = {});
    /// Any positive number over decades, and 0.
    void addDecades(const Text& text, Access<double> access, Applies applies = {});
    void addTick(const Text& text, Access<bool> access);
    void addChoice(const Text& text, Access<Pooling> access);
    void addChoice(const Text& text, Access<Geometry> access);
    void addChoice(const Text& text, Access<FillMode> access);
    void addChoice(const Text& text, Access<Precision> access);
    void addChoice(const Text& text, Access<OptimizerKind> access);
    void addChoice(const Text& text, Access<ScheduleKind> access);
    void addChoice(const Text& text, Access<Watch> access, const Applies& applies);
    /// A value that the choices lack (a path, "cuda:1") is offered too while it is the recipe's.
    void addChoice(const Text& text, Access<std::string> access);
    /// Any layer of the recipe's backbone, the topmost first.
    void addTransferLayer(const Text& text);
    void addText(const Text& text, const Writer& write, const Reader& read);

private:
    template <class T>
    void bind(const Text& text, QWidget* editor, Access<T> access,
        const std::function<void(const T&)>& show, const std::function<QString(const T&)>& words,
        const Applies& applies);
    template <class T>
    void addCombo(const Text& text, Access<T> access, const Applies& applies = {});
    FoldGroup* makeGroup(const QString& title, const QString& name, bool folded);
    /// Tells the panel's owner of the recipe in which `change` was made.
    template <class Change> void tell(const QString& key, Change change);

    SettingsPanel& m_panel;
    QWidget* m_rows;
};

} // namespace vernier::ui

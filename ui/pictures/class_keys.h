#pragma once

#include <QStringList>

#include <string>
#include <vector>

namespace vernier::ui {

/// The keys that give each class, in class order: a digit for the first nine, and for each a letter
/// of its name that none before it has taken, the first one where that is free. One with neither
/// gets any letter that is left; beyond those there are none. Letters that mean something else
/// where pictures are shown are not given.
std::vector<QStringList> classKeys(const std::vector<std::string>& classes);

} // namespace vernier::ui

#include "core/base/version.h"

#include <iostream>

int main()
{
    std::cout << "vernier-cli " << vernier::vernierVersion() << ", LibTorch "
              << vernier::torchVersion() << '\n';
    return 0;
}

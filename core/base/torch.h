#pragma once

// Private to core: what it uses of LibTorch. torch/torch.h brings modules, optimizers and data
// loaders too, whose templates every file would instantiate anew: it takes twice as long to
// compile.
#include <torch/autograd.h>
#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/utils.h>

#pragma once
#include <isa-l.h>

/// The size of the work space for level 1, as igzip_lib.h recommends it.
static inline uint32_t isal_level1_buffer_size(void) { return ISAL_DEF_LVL1_DEFAULT; }

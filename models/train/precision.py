"""In what precision the recipes multiply."""

import torch


def autocast() -> torch.autocast:
    """A context of bfloat16 where the processor multiplies it, of float32 elsewhere.

    Without such instructions bfloat16 is emulated: on an AVX2 processor a transformer layer took
    fourteen times as long as in float32.
    """
    # The library offers no public question for this.
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.autocast("cpu", torch.bfloat16, enabled=fast)

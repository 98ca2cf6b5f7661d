import torch

from models.train.precision import autocast


def test_a_product_is_in_bfloat16_only_where_the_processor_has_it() -> None:
    fast = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    with autocast():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype is (torch.bfloat16 if fast else torch.float32)
    assert product.float().tolist() == [[2.0, 2.0], [2.0, 2.0]]

"""Random numbers like another tensor come in the order of that tensor's memory."""

import torch
import torch.nn.functional as F

x = torch.arange(24.0).view(4, 6)
views = [
    x.t(),
    x[:, ::2],
    x[:, :3].t(),
    x.view(2, 3, 4).permute(2, 0, 1),
    x[:, :1].expand(4, 3),
    x[0].expand(3, 6),
]
for view in views:
    for draw in (
        torch.rand_like,
        torch.randn_like,
        lambda view: torch.randint_like(view, 10),
        lambda view: F.dropout(view, 0.5),
        lambda view: F.alpha_dropout(view, 0.5, training=True),
    ):
        torch.manual_seed(0)
        print(draw(view))
torch.manual_seed(0)
print(x.t().uniform_(), x[:, ::2].normal_(), x.t().exponential_(), x)

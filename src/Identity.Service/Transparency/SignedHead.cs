using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <param name="Note">With the log's signature.</param>
internal sealed record SignedHead(TreeHead Head, string Note);

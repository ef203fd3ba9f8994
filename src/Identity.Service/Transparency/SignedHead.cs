using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>A published tree head.</summary>
/// <param name="Note">With the log's signature.</param>
internal sealed record SignedHead(TreeHead Head, string Note);

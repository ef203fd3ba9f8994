using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary>A tree head as it was published.</summary>
/// <param name="Head">What was signed.</param>
/// <param name="Note">With the log's signature.</param>
internal sealed record SignedHead(TreeHead Head, string Note);

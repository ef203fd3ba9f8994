namespace Culvert.Identity.Service.Documentation;

/// <param name="Path">Relative to <c>/docs/</c>, without an ending: <c>platforms/aws</c>.</param>
internal sealed record DocumentPage(string Path, string Title, ReadOnlyMemory<byte> Html);

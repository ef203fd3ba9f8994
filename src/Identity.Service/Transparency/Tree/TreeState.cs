namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>The stored tree.</summary>
/// <param name="Root">Null for an empty tree.</param>
internal sealed record TreeState(long Size, byte[]? Root);

namespace Culvert.Identity.Service.Transparency.Tree;

/// <param name="Root">Null for an empty tree.</param>
internal sealed record TreeState(long Size, byte[]? Root);

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>The tree as it is stored.</summary>
/// <param name="Size">Entries.</param>
/// <param name="Root">Its root; null while there are none.</param>
internal sealed record TreeState(long Size, byte[]? Root);

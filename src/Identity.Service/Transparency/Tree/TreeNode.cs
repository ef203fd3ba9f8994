namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>A complete subtree: the 2^<paramref name="Level"/> entries from <paramref name="Index"/> × 2^Level.</summary>
internal readonly record struct TreeNode(int Level, long Index);

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>A tile (c2sp.org/tlog-tiles): 256 consecutive hashes of the tree's level 8 × <paramref name="Level"/>.</summary>
internal readonly record struct TileId(int Level, long Number);

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>An audit chain with entries that an export target does not have yet.</summary>
/// <param name="Node">The node that writes the chain.</param>
/// <param name="Position">The target has every entry up to this one. 0 if it has none.</param>
/// <param name="Newest">The position of the newest entry in the chain.</param>
/// <param name="OldestAt">When the first missing entry was recorded.</param>
internal sealed record ChainLag(string Node, long Position, long Newest, DateTimeOffset OldestAt)
{
    /// <summary>The number of missing entries.</summary>
    public long Entries => Newest - Position;
}

namespace Culvert.Identity.Service.Audit.Export;

/// <summary>A chain with entries that a target lacks.</summary>
/// <param name="Position">The target has every entry up to this one; 0 = none.</param>
/// <param name="OldestAt">When the first missing entry was recorded.</param>
internal sealed record ChainLag(string Node, long Position, long Newest, DateTimeOffset OldestAt)
{
    public long Entries => Newest - Position;
}

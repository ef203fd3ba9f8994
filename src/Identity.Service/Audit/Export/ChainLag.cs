namespace Culvert.Identity.Service.Audit.Export;

/// <summary>A chain of which a target lacks something.</summary>
/// <param name="Node">Whose chain.</param>
/// <param name="Position">What it has: every entry up to this one; 0 = none.</param>
/// <param name="Newest">The last entry.</param>
/// <param name="OldestAt">When the first that it lacks was recorded.</param>
internal sealed record ChainLag(string Node, long Position, long Newest, DateTimeOffset OldestAt)
{
    public long Entries => Newest - Position;
}

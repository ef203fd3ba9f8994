namespace Culvert.Identity.Cli.Audit;

internal sealed class ChainReport(string node)
{
    public string Node { get; } = node;

    public long Entries { get; set; }

    /// <summary>Entries whose body is present and matches its digest; others were erased or are other tenants'.</summary>
    public long Bodies { get; set; }

    /// <summary>The last entry that a checkpoint covers; 0 = none.</summary>
    public long ProvenUpTo { get; set; }

    public int Checkpoints { get; set; }

    /// <summary>Entries after the newest checkpoint: in order, but no signature proves that none is missing.</summary>
    public long Unproven => Entries - ProvenUpTo;
}

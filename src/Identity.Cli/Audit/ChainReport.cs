namespace Culvert.Identity.Cli.Audit;

/// <summary>What an export proves of one node's chain.</summary>
internal sealed class ChainReport(string node)
{
    public string Node { get; } = node;

    /// <summary>Entries read.</summary>
    public long Entries { get; set; }

    /// <summary>Entries whose body is there and matches its digest; the others belong to other tenants, or were erased.</summary>
    public long Bodies { get; set; }

    /// <summary>The last entry up to which a checkpoint vouches; 0 = none does.</summary>
    public long ProvenUpTo { get; set; }

    /// <summary>Checkpoints that agree.</summary>
    public int Checkpoints { get; set; }

    /// <summary>
    /// Entries behind the newest checkpoint: in order among themselves, but no signature proves that none is missing.
    /// </summary>
    public long Unproven => Entries - ProvenUpTo;
}

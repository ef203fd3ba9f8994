namespace Culvert.Identity.Service.Storage;

/// <summary>
/// What nodes keep in memory and must read again when it changes. The flags' values are the rows of
/// <c>change_counters</c>: a new topic needs a row there.
/// </summary>
[Flags]
internal enum ChangeTopics
{
    None = 0,

    /// <summary>What agents' and edges' feeds show; its counter is the installation's revision.</summary>
    Feed = 1,

    /// <summary>Issuers, rules, service accounts, workspaces.</summary>
    Federation = 2,

    /// <summary>Key sets of issuers, and what was killed of them.</summary>
    IssuerKeys = 4,

    /// <summary>Revoked tokens, families, subjects.</summary>
    Revocations = 8,

    /// <summary>The keys that sign our own tokens.</summary>
    SigningKeys = 16,

    /// <summary>Which recurring jobs are paused.</summary>
    Jobs = 32,
}

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// State that nodes cache and must read again when it changes. The flags' values are the rows of <c>change_counters</c>: a
/// new topic needs a row there.
/// </summary>
[Flags]
internal enum ChangeTopics
{
    None = 0,

    /// <summary>The content of agents' and edges' feeds; its counter is the installation's revision.</summary>
    Feed = 1,

    /// <summary>Issuers, rules, service accounts, workspaces.</summary>
    Federation = 2,

    IssuerKeys = 4,

    /// <summary>Revoked tokens, families, subjects.</summary>
    Revocations = 8,

    SigningKeys = 16,

    Jobs = 32,
}

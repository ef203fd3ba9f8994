using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// The keys are in a file on the service's host, which another program or person replaces: for issuers whose keys
/// cannot be fetched and change too often for <see cref="InlineKeySource"/>.
/// </summary>
/// <param name="Path">Below the configured <c>federation.jwks_directory</c>, with <c>/</c> between its segments.</param>
internal sealed record FileKeySource(string Path) : KeySource
{
    public const string TypeName = "file";

    public override string Type => TypeName;

    protected override AuditData Members => [("path", Path)];
}

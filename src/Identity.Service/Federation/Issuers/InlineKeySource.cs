using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>The keys were configured manually; nothing is fetched.</summary>
/// <param name="KeysJson">The JSON array of the request, compact.</param>
/// <param name="Keys">The same keys, imported.</param>
internal sealed record InlineKeySource(string KeysJson, JwkSet Keys) : KeySource
{
    public const string TypeName = "inline";

    public override string Type => TypeName;

    public override JwkSet? ConfiguredKeys => Keys;

    public bool Equals(InlineKeySource? other) => other is not null && other.KeysJson == KeysJson;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(KeysJson);

    protected override AuditData Members => [("keys", new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(KeysJson)))];
}

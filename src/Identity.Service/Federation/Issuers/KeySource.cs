using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Where an issuer's keys come from: the <c>jwks</c> union on the wire.</summary>
internal abstract record KeySource
{
    public abstract string Type { get; }

    /// <summary>PEM of the only roots accepted for fetching; null = public roots, or nothing is fetched.</summary>
    public virtual string? CaCertificatePem => null;

    /// <summary>The keys themselves, if they were configured manually; null if they are fetched or read.</summary>
    public virtual JwkSet? ConfiguredKeys => null;

    /// <summary>The form on the wire and in the store.</summary>
    public string ToJson() => Encoding.UTF8.GetString(AuditData.Create([("type", Type), .. Members]).Encode());

    protected abstract AuditData Members { get; }
}

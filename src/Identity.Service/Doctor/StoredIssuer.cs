using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Doctor;

/// <param name="Control">What is killed or paused.</param>
/// <param name="Kept">The keys last fetched from its current source; null = none, or they do not unseal.</param>
internal sealed record StoredIssuer(Issuer Issuer, IssuerControl Control, StoredKeySet? Kept);

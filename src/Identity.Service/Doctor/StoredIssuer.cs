using Culvert.Identity.Service.Federation.Issuers;

namespace Culvert.Identity.Service.Doctor;

/// <summary>An issuer with what the store knows of its keys.</summary>
/// <param name="Issuer">The record.</param>
/// <param name="Control">What was killed or paused.</param>
/// <param name="Kept">The keys that were fetched last from its present source; null = none, or they do not open.</param>
internal sealed record StoredIssuer(Issuer Issuer, IssuerControl Control, StoredKeySet? Kept);

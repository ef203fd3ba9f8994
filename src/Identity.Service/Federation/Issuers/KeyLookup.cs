using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A key, or why there is none.</summary>
internal readonly record struct KeyLookup(VerificationKey? Key, bool HaveKeys);

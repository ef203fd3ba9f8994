namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>The customer is in <c>sub</c> between <paramref name="Prefix"/> and <paramref name="Until"/>.</summary>
internal sealed record TenantSubject(string Prefix, string Until, bool Immutable);

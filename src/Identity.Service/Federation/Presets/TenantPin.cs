namespace Culvert.Identity.Service.Federation.Presets;

/// <param name="Claims">Pinned together.</param>
/// <param name="Immutable">Whether the value can never belong to another customer later.</param>
internal sealed record TenantPin(IReadOnlyList<string> Claims, bool Immutable);

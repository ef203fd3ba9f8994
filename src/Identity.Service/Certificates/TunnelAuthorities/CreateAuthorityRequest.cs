namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <param name="Custody">Where the key is held; absent = <c>sealed</c>.</param>
/// <param name="KeyLabel">
/// PKCS#11: the key's label; absent = a generated one. Needs <c>installation:operate</c>.
/// </param>
internal sealed record CreateAuthorityRequest(
    string Name,
    string TunnelId,
    string? Custody = null,
    string? KeyLabel = null
);

namespace Culvert.Identity.Service.Authorization;

/// <summary>The sealed part of a grant.</summary>
/// <param name="RefreshKey">Authenticates the grant's refresh tokens, 32 bytes.</param>
internal sealed record GrantPerson(SignedInPerson Person, byte[] RefreshKey)
{
    public override string ToString() => nameof(GrantPerson);
}

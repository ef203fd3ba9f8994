using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// A refresh token: <c>grant.generation.mac</c>. The MAC tells an older token of the grant, whose use means theft, from text
/// that was never a token, which must not be able to end a grant.
/// </summary>
internal readonly record struct RefreshToken(string GrantId, long Generation, string Mac)
{
    public const int MaxLength = 128;

    public static string Create(RefreshGrant grant, long generation) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{grant.Id}.{generation}.{Base64Url.EncodeToString(Compute(grant, generation))}"
        );

    public static bool TryParse(string? text, out RefreshToken token)
    {
        token = default;
        if (
            text is not { Length: <= MaxLength }
            || text.Split('.') is not [{ Length: > 0 } id, var number, var mac]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
            || generation < 1
        )
        {
            return false;
        }

        token = new RefreshToken(id, generation, mac);
        return true;
    }

    public bool IsOf(RefreshGrant grant) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Mac),
            Encoding.UTF8.GetBytes(Base64Url.EncodeToString(Compute(grant, Generation)))
        );

    public override string ToString() => nameof(RefreshToken);

    private static byte[] Compute(RefreshGrant grant, long generation) =>
        HMACSHA256.HashData(
            grant.RefreshKey,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{grant.Id}.{generation}"))
        );
}

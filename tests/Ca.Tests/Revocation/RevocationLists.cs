using System.Security.Cryptography;
using Culvert.Ca.Revocation;
using Culvert.Ca.Tests.SecondOpinion;

namespace Culvert.Ca.Tests.Revocation;

/// <summary>Orders and entries for tests.</summary>
internal static class RevocationLists
{
    public const string Address = "https://identity.test/v1/crl/ca_x/3.crl";

    public static RevocationListOrder Order(TestAuthority authority, params RevokedEntry[] entries) =>
        new()
        {
            Issuer = authority.Issuer,
            Number = 7,
            ThisUpdate = TestAuthority.Now,
            NextUpdate = TestAuthority.Now.AddDays(3),
            DistributionPoint = Address,
            Entries = [.. entries.OrderBy(entry => entry.SerialHex, StringComparer.Ordinal)],
        };

    public static RevokedEntry Entry(
        RevocationReason reason = RevocationReason.KeyCompromise,
        byte[]? serial = null,
        DateTimeOffset? at = null
    ) => new(serial ?? Serial(), at ?? TestAuthority.Now.AddHours(-1), reason);

    public static ParsedRevocationList Sign(TestAuthority authority, RevocationListOrder order)
    {
        var signed = RevocationListSigning.Sign(order, authority.Key);
        if (!signed.Succeeded)
        {
            throw new InvalidOperationException(signed.Refusal.Message);
        }

        SecondParser.Check(signed.Value, authority.Key.PublicKey);
        return signed.Value;
    }

    public static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(18);
        serial[0] = 1;
        return serial;
    }
}

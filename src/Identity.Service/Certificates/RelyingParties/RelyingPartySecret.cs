using System.Buffers.Text;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

/// <summary>A relying party's own credential: shown once, stored as its SHA-256.</summary>
internal static class RelyingPartySecret
{
    /// <summary>Lets secret scanners recognize a leaked credential.</summary>
    public const string Prefix = "clv_rp_";

    /// <summary>256 random bits, base64url.</summary>
    public static string New()
    {
        Span<byte> random = stackalloc byte[32];
        RandomNumberGenerator.Fill(random);
        return Prefix + Base64Url.EncodeToString(random);
    }
}

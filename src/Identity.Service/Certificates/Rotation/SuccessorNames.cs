using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Rotation;

internal static class SuccessorNames
{
    private const int MaxNameLength = 64;

    /// <summary>Deterministic: of two nodes that prepare at once, the second finds the row of the first.</summary>
    public static CertificateAuthorityId IdAfter(TunnelAuthority active, int ordinal)
    {
        const string base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var seed = string.Create(CultureInfo.InvariantCulture, $"successor {ordinal} of {active.Id.Value}");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return CertificateAuthorityId.Wrap(
            $"{CertificateAuthorityId.Prefix}_01{string.Concat(hash.Take(22).Select(octet => base62[octet % 62]))}"
        );
    }

    /// <summary>The time distinguishes successors; the name becomes the common name of the request.</summary>
    public static string NameAfter(string name, DateTimeOffset now)
    {
        var suffix = now.ToString(" yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        var begin = name.LastIndexOf(' ') is var at and > 0 && at == name.Length - suffix.Length ? name[..at] : name;
        return (begin.Length <= MaxNameLength - suffix.Length ? begin : begin[..(MaxNameLength - suffix.Length)])
            + suffix;
    }
}

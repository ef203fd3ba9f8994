using System.Buffers.Text;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Ids of tokens and families: 128 random bits, base64url.</summary>
internal static class RandomId
{
    public const int SizeBytes = 16;

    public static string New()
    {
        Span<byte> random = stackalloc byte[SizeBytes];
        RandomBytes.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}

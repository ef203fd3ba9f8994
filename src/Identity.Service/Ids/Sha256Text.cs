using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Ids;

internal static class Sha256Text
{
    private const int MaxStackBytes = 512;

    public static string ToBase64Url(ReadOnlySpan<char> text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hash(text, hash);
        return Base64Url.EncodeToString(hash);
    }

    public static void Hash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = longest <= MaxStackBytes ? stackalloc byte[MaxStackBytes] : new byte[longest];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
    }
}

using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>Replaces the exact URLs of targets in responses by <c>harpoon://label</c>, which callers can call.</summary>
internal static partial class HarpoonUrls
{
    private const string Scheme = "harpoon://";
    private const int MostUrlBytes = 8192;

    private static readonly string[] Headers = ["location", "link", "content-location"];

    /// <param name="name">In lower case.</param>
    public static IEnumerable<string> RewriteHeader(string name, HeaderStringValues values, CalloutTargets targets) =>
        Headers.Contains(name, StringComparer.Ordinal)
            ? values.Select(v => Url().Replace(v, m => Find(m.Value, targets) ?? m.Value))
            : values;

    /// <summary>Rewrites the body; returns it unchanged if it is not JSON or contains no URL of a target.</summary>
    public static ReadOnlyMemory<byte> RewriteBody(ReadOnlyMemory<byte> body, CalloutTargets targets)
    {
        try
        {
            return Rewrite(body.Span, targets) ?? body;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return body;
        }
    }

    private static ReadOnlyMemory<byte>? Rewrite(ReadOnlySpan<byte> body, CalloutTargets targets)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 256);
        var (copied, isIdentity) = (0, false);
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                // RFC 9728 §3.3: the identity of a protected resource must stay the one that the client requested.
                isIdentity = reader.CurrentDepth == 1 && reader.ValueTextEquals("resource"u8);
            }
            else if (
                reader.TokenType == JsonTokenType.String
                && !(isIdentity && reader.CurrentDepth == 1)
                && MayBeUrl(reader.ValueSpan)
                && Find(reader.GetString()!, targets) is { } instead
            )
            {
                var start = (int)reader.TokenStartIndex + 1;
                output.Write(body[copied..start]);
                output.Write(Encoding.ASCII.GetBytes(instead)); // a label needs no escapes
                copied = start + reader.ValueSpan.Length;
            }
        }

        if (copied == 0)
        {
            return null;
        }

        output.Write(body[copied..]);
        return output.WrittenMemory;
    }

    private static bool MayBeUrl(ReadOnlySpan<byte> value) =>
        value is [(byte)'h' or (byte)'H' or (byte)'\\', ..] && value.Length <= MostUrlBytes;

    private static string? Find(string text, CalloutTargets targets) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && targets.Find(url) is { } target
            ? Scheme + target.Name
            : null;

    [GeneratedRegex("https?://[^\\s<>\"']+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Url();
}

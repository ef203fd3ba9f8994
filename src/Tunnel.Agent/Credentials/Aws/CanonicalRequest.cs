using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>
/// The form of a request that Signature Version 4 signs. It is made from the bytes that are sent: path and query as they
/// were written, and header values as the HTTP client joins them.
/// </summary>
/// <param name="Text">Latin-1, as header values are sent.</param>
/// <param name="SignedHeaders">The names of the headers in it, joined by semicolons.</param>
internal sealed record CanonicalRequest(string Text, string SignedHeaders)
{
    private const string ContentType = "content-type";
    private const string Host = "host";
    private const string Amazon = "x-amz-";

    // Of S3 alone the path is as it was written; of others it is normalized, and encoded a second time.
    private const string S3 = "s3";

    private static readonly SearchValues<char> Unreserved = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
    );

    private static readonly SearchValues<char> UnreservedOrSlash = SearchValues.Create(
        "-./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
    );

    /// <param name="request">Complete, with the header of its host.</param>
    /// <param name="bodyHash">The SHA-256 of its body, in lower-case hexadecimal digits.</param>
    public static CanonicalRequest Create(HttpRequestMessage request, string service, string bodyHash)
    {
        var target = request.RequestUri!.PathAndQuery;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
        var headers = CollectHeaders(request);
        var signed = string.Join(';', headers.Select(header => header.Name));
        var text = new StringBuilder(512)
            .Append(request.Method.Method)
            .Append('\n')
            .Append(service == S3 ? path : Encode(Normalize(path), UnreservedOrSlash))
            .Append('\n')
            .Append(Sort(query))
            .Append('\n');
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(':').Append(Fold(value)).Append('\n');
        }

        return new CanonicalRequest(text.Append('\n').Append(signed).Append('\n').Append(bodyHash).ToString(), signed);
    }

    // Those that must be signed, by name. Proxies and load balancers may change others, which would break the signature.
    private static List<(string Name, string Value)> CollectHeaders(HttpRequestMessage request)
    {
        var headers = new List<(string Name, string Value)>(8);
        Collect(request.Headers.NonValidated);
        if (request.Content is { } content)
        {
            Collect(content.Headers.NonValidated);
        }

        headers.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return headers;

        void Collect(HttpHeadersNonValidated all)
        {
            foreach (var (name, values) in all)
            {
                if (
                    name.StartsWith(Amazon, StringComparison.OrdinalIgnoreCase)
                    || name.Equals(Host, StringComparison.OrdinalIgnoreCase)
                    || name.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
                )
                {
                    headers.Add((name.ToLowerInvariant(), values.ToString()));
                }
            }
        }
    }

    // RFC 3986 §5.2.4, and without empty segments.
    private static string Normalize(string path)
    {
        if (!path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal))
        {
            return path;
        }

        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                segments.Add(segment);
            }
        }

        var isFolder =
            path[^1] == '/'
            || path.EndsWith("/.", StringComparison.Ordinal)
            || path.EndsWith("/..", StringComparison.Ordinal);
        return "/" + string.Join('/', segments) + (isFolder && segments.Count > 0 ? "/" : "");
    }

    // By encoded name, then by encoded value. A name without "=" has an empty value.
    private static string Sort(string query)
    {
        if (query.Length == 0)
        {
            return "";
        }

        var fields = new List<(string Name, string Value)>();
        foreach (var field in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (field, "") : (field[..equals], field[(equals + 1)..]);
            fields.Add((Encode(Decode(name), Unreserved), Encode(Decode(value), Unreserved)));
        }

        fields.Sort(
            (one, other) =>
                string.CompareOrdinal(one.Name, other.Name) is var order and not 0
                    ? order
                    : string.CompareOrdinal(one.Value, other.Value)
        );
        return string.Join('&', fields.Select(field => $"{field.Name}={field.Value}"));
    }

    // Without blanks at the ends, and each run of them as one.
    private static string Fold(string value)
    {
        value = value.Trim(' ', '\t');
        if (!value.Contains("  ", StringComparison.Ordinal) && !value.Contains('\t', StringComparison.Ordinal))
        {
            return value;
        }

        return string.Join(' ', value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }

    // RFC 3986 §2.1; a percent sign without two digits is itself. One character per byte.
    private static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (
                text[i] == '%'
                && i + 2 < text.Length
                && char.IsAsciiHexDigit(text[i + 1])
                && char.IsAsciiHexDigit(text[i + 2])
            )
            {
                decoded.Append((char)Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }

    // All but the unreserved characters of RFC 3986 §2.3, and the slashes of a path. One character per byte.
    private static string Encode(string bytes, SearchValues<char> plain)
    {
        if (!bytes.AsSpan().ContainsAnyExcept(plain))
        {
            return bytes;
        }

        var encoded = new StringBuilder(bytes.Length + 16);
        foreach (var c in bytes)
        {
            if (plain.Contains(c))
            {
                encoded.Append(c);
            }
            else
            {
                encoded.Append('%').Append(((byte)c).ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }
}

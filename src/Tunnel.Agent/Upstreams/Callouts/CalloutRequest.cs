using System.Text.Json;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>The arguments of <c>call_target</c>. A caller can only lower the target's limits.</summary>
internal sealed record CalloutRequest
{
    // Bounds the work: each header is compared with each name in Connection.
    private const int MostHeaders = 128;
    private const int MostHeaderCharacters = 32 * 1024;

    public string Name { get; private init; } = "";

    public string Method { get; private init; } = "GET";

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public byte[]? Body { get; private init; }

    public long? TimeoutMs { get; private init; }

    public long? MaxResponseBytes { get; private init; }

    public long? MaxRedirects { get; private init; }

    /// <summary>False returns a redirect as the result.</summary>
    public bool FollowsRedirects { get; private init; } = true;

    /// <summary>Null if the arguments do not have the required shape.</summary>
    public static CalloutRequest? Read(JsonElement arguments, IReadOnlyList<string> members)
    {
        if (
            arguments.ValueKind != JsonValueKind.Object
            || arguments.EnumerateObject().Any(p => !members.Contains(p.Name, StringComparer.Ordinal))
            || !TryText(arguments, "name", out var name)
            || name is null
            || !TryText(arguments, "method", out var method)
            || !TryText(arguments, "body", out var text)
            || !TryText(arguments, "body_base64", out var encoded)
            || (text is not null && encoded is not null)
            || !TryNumber(arguments, "timeout_ms", out var timeout)
            || !TryNumber(arguments, "max_response_bytes", out var bytes)
            || !TryNumber(arguments, "max_redirects", out var redirects)
            || !TryFlag(arguments, "follow_redirects", out var follows)
        )
        {
            return null;
        }

        var (headers, characters) = (new List<KeyValuePair<string, string>>(), 0);
        if (arguments.TryGetProperty("headers", out var given))
        {
            if (given.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var header in given.EnumerateObject())
            {
                if (header.Value.ValueKind != JsonValueKind.String)
                {
                    return null;
                }

                var value = header.Value.GetString()!;
                characters += header.Name.Length + value.Length;
                if (headers.Count == MostHeaders || characters > MostHeaderCharacters)
                {
                    return null;
                }

                headers.Add(new(header.Name, value));
            }
        }

        byte[]? body = text is null ? null : System.Text.Encoding.UTF8.GetBytes(text);
        if (encoded is not null)
        {
            body = new byte[encoded.Length];
            if (!Convert.TryFromBase64String(encoded, body, out var length))
            {
                return null;
            }

            body = body[..length];
        }

        return new CalloutRequest
        {
            Name = name,
            Method = method ?? "GET",
            Headers = headers,
            Body = body,
            TimeoutMs = timeout,
            MaxResponseBytes = bytes,
            MaxRedirects = redirects,
            FollowsRedirects = follows ?? true,
        };
    }

    private static bool TryText(JsonElement arguments, string name, out string? value)
    {
        value = null;
        if (!arguments.TryGetProperty(name, out var found))
        {
            return true;
        }

        value = found.ValueKind == JsonValueKind.String ? found.GetString() : null;
        return value is not null;
    }

    private static bool TryFlag(JsonElement arguments, string name, out bool? value)
    {
        value = null;
        if (!arguments.TryGetProperty(name, out var found))
        {
            return true;
        }

        value = found.ValueKind is JsonValueKind.True or JsonValueKind.False ? found.GetBoolean() : null;
        return value is not null;
    }

    private static bool TryNumber(JsonElement arguments, string name, out long? value)
    {
        value = null;
        if (!arguments.TryGetProperty(name, out var found))
        {
            return true;
        }

        if (found.ValueKind == JsonValueKind.Number && found.TryGetInt64(out var number) && number >= 0)
        {
            value = number;
        }

        return value is not null;
    }
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Jose.Json;
using Culvert.Platform.Certificates;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Identity.Service.Http;

/// <summary>Reads bodies: bounded, and strict JSON (unknown or duplicate members are refused).</summary>
internal static class RequestBody
{
    /// <summary>The default of the largest body; Kestrel enforces it while reading.</summary>
    public const int MaxBytes = LimitOptions.LargestBody;

    public static async ValueTask<Result<T>> ReadJsonAsync<T>(
        HttpContext http,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken,
        int maxBytes = MaxBytes,
        Func<ReadOnlyMemory<byte>, Refusal?>? check = null
    )
        where T : class
    {
        RequireStrict(type);
        var bytes = await ReadBytesAsync(http, maxBytes, cancellationToken);
        if (bytes is null)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        if (check?.Invoke(bytes) is { } refusal)
        {
            return refusal;
        }

        if (bytes.Length == 0)
        {
            return RequestErrors.Invalid.Refuse("body: a JSON object is required.");
        }

        return IsJson(http.Request) ? Parse(bytes, type) : RequestErrors.MediaType.Refuse();
    }

    public static async ValueTask<Result<T>> ReadJsonOrEmptyAsync<T>(
        HttpContext http,
        JsonTypeInfo<T> type,
        T empty,
        CancellationToken cancellationToken
    )
        where T : class
    {
        RequireStrict(type);
        var bytes = await ReadBytesAsync(http, MaxBytes, cancellationToken);
        if (bytes is null)
        {
            return RequestErrors.TooLarge.Refuse();
        }

        // Archive and reveal requests have no body and content type; a retry may have `{}`.
        if (bytes.Length == 0)
        {
            return empty;
        }

        return IsJson(http.Request) ? Parse(bytes, type) : RequestErrors.MediaType.Refuse();
    }

    /// <summary>The whole body; null if it is longer than <paramref name="maxBytes"/>.</summary>
    public static async ValueTask<byte[]?> ReadBytesAsync(
        HttpContext http,
        int maxBytes,
        CancellationToken cancellationToken
    )
    {
        if (await RentBytesAsync(http, maxBytes, cancellationToken) is not { } rented)
        {
            return null;
        }

        var bytes = rented.Memory.ToArray();
        rented.Return();
        return bytes;
    }

    /// <summary>
    /// Like <see cref="ReadBytesAsync"/>, but the caller must return the array. With <paramref name="withRoom"/>, the array
    /// has as much unused room again (<see cref="RentedBytes.Room"/>).
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<RentedBytes?> RentBytesAsync(
        HttpContext http,
        int maxBytes,
        CancellationToken cancellationToken,
        bool withRoom = false
    )
    {
        var limit = http.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (http.Request.ContentLength > Math.Min(maxBytes, limit?.MaxRequestBodySize ?? maxBytes))
        {
            // Without a limit, Kestrel reads the rest for a few seconds and drops it. With one, it closes the connection
            // while the caller still writes, and the caller sees a broken pipe in place of the answer.
            if (limit is { IsReadOnly: false })
            {
                limit.MaxRequestBodySize = null;
            }

            return null;
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = RentedBytes.Copy(read.Buffer, withRoom ? (int)read.Buffer.Length : 0);
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public static Result<T> Parse<T>(ReadOnlySpan<byte> utf8, JsonTypeInfo<T> type)
        where T : class
    {
        utf8 = utf8[Utf8Text.FindStart(utf8)..];

        // No member of any request is a private key in PEM: the client sent the wrong file.
        if (utf8.IndexOf("PRIVATE KEY-----"u8) >= 0)
        {
            return CaErrors.SecretInInput.Refuse();
        }

        if (FindNul(utf8) is { } nul)
        {
            return RequestErrors.Invalid.Refuse(nul);
        }

        try
        {
            return JsonSerializer.Deserialize(utf8, type) is { } value
                ? value
                : RequestErrors.Invalid.Refuse("body: a JSON object is required.");
        }
        catch (JsonException fault)
        {
            return RequestErrors.Invalid.Refuse(Explain(fault));
        }
    }

    // JSON can contain U+0000 only as an escape. PostgreSQL does not accept it in text, and no member of the API uses it.
    private static string? FindNul(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IndexOf("\\u0000"u8) < 0)
        {
            return null;
        }

        var reader = new Utf8JsonReader(utf8);
        var member = "body";
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.String))
                {
                    continue;
                }

                var text = reader.GetString()!;
                if (text.Contains('\0', StringComparison.Ordinal))
                {
                    // A binary certificate that was read as text.
                    var advice = member.EndsWith("_pem", StringComparison.Ordinal)
                        ? CertificateText.Explain(text)
                        : null;
                    return $"{member}: {advice?.ToString() ?? "must not contain U+0000."}";
                }

                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                {
                    member = text;
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Malformed, or half a surrogate pair: the actual parser reports it.
        }

        return null;
    }

    public static bool IsJson(HttpRequest request) => HasMediaType(request, "application/json");

    /// <summary>RFC 7644 §3.1; directories also send the general type.</summary>
    public static bool IsScim(HttpRequest request) => HasMediaType(request, ScimErrorBody.MediaType) || IsJson(request);

    public static bool IsForm(HttpRequest request) => HasMediaType(request, "application/x-www-form-urlencoded");

    public static bool HasMediaType(HttpRequest request, string mediaType)
    {
        var type = request.ContentType.AsSpan();
        var end = type.IndexOf(';');
        var media = (end < 0 ? type : type[..end]).Trim();
        return media.Equals(mediaType, StringComparison.OrdinalIgnoreCase);
    }

    // The serializer's message names our types; the caller gets the member and the problem.
    private static string Explain(JsonException fault)
    {
        var where = fault.Path is { Length: > 1 } path ? path.TrimStart('$', '.') : "body";
        var what = fault.Message switch
        {
            var m when m.Contains("could not be mapped", StringComparison.Ordinal) => "is not a known member",
            var m when m.Contains("uplicate", StringComparison.Ordinal) => "appears twice",
            var m when m.Contains("required", StringComparison.Ordinal) => "lacks a required member" + FindMissing(m),
            var m when m.Contains("could not be converted", StringComparison.Ordinal) => "has the wrong type",
            var m when m.Contains("null", StringComparison.Ordinal) => "must not be null",
            _ => "is not valid JSON",
        };
        return $"{where}: {what}.";
    }

    private static string FindMissing(string message)
    {
        // "... was missing required properties including: 'name', 'tunnel_id'."
        var colon = message.IndexOf("including: ", StringComparison.Ordinal);
        return colon < 0 ? "" : ": " + message[(colon + 11)..].Split('.')[0].Replace("'", "", StringComparison.Ordinal);
    }

    private static void RequireStrict<T>(JsonTypeInfo<T> type)
    {
        var unmapped = type.UnmappedMemberHandling ?? type.Options.UnmappedMemberHandling;
        if (unmapped != JsonUnmappedMemberHandling.Disallow || type.Options.AllowDuplicateProperties)
        {
            throw new InvalidOperationException(
                $"{typeof(T).Name} is read from the wire: its JSON context must disallow unmapped and duplicate members."
            );
        }
    }
}

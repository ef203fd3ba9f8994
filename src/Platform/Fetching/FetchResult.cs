using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.Json;
using Culvert.Platform.Net;

namespace Culvert.Platform.Fetching;

public sealed record FetchResult
{
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsSuccess => Refusal is null;

    /// <summary>The decoded body; empty when not modified or refused.</summary>
    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>The existing copy is still valid.</summary>
    public bool IsNotModified { get; private init; }

    public string? EntityTag { get; private init; }

    /// <summary>How long the answer may be cached; null when the server does not say.</summary>
    public TimeSpan? MaxAge { get; private init; }

    public FetchRefusal? Refusal { get; private init; }

    /// <summary>The status of a refused answer, or of any answer if the request accepts every status.</summary>
    public HttpStatusCode? Status { get; private init; }

    /// <summary>With <see cref="Status"/>: the server's Retry-After; null when it has none.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>The header fields if the request accepts every status. Values are joined by commas.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private init; } =
        ReadOnlyDictionary<string, string>.Empty;

    public string Field { get; private init; } = "";

    /// <summary>The address that was refused or tried; null when the fetch failed before that.</summary>
    public IPAddress? Address { get; private init; }

    /// <summary>How the connection failed, for callers that may learn whether a port listens.</summary>
    public ConnectCause Cause { get; internal init; }

    /// <summary>One sentence for the operator, without anything that the server sent.</summary>
    public string Detail { get; private init; } = "";

    /// <summary>The stable code in the caller's area: <c>issuer</c> gives <c>issuer.private_address</c>.</summary>
    public string Code(string area) => $"{area}.{JsonNamingPolicy.SnakeCaseLower.ConvertName($"{Refusal}")}";

    internal static FetchResult Fetched(ReadOnlyMemory<byte> body, string? entityTag, TimeSpan? maxAge) =>
        new()
        {
            Body = body,
            EntityTag = entityTag,
            MaxAge = maxAge,
        };

    internal static FetchResult Answered(
        HttpStatusCode status,
        ReadOnlyMemory<byte> body,
        TimeSpan? retryAfter,
        IReadOnlyDictionary<string, string> headers
    ) =>
        new()
        {
            Status = status,
            Body = body,
            RetryAfter = retryAfter,
            Headers = headers,
        };

    internal static FetchResult NotModified(string? entityTag, TimeSpan? maxAge) =>
        new()
        {
            IsNotModified = true,
            EntityTag = entityTag,
            MaxAge = maxAge,
        };

    internal static FetchResult Refused(
        FetchRequest request,
        string detail,
        HttpStatusCode status,
        TimeSpan? retryAfter
    ) => Refused(request, FetchRefusal.Status, detail, null) with { Status = status, RetryAfter = retryAfter };

    internal static FetchResult Refused(
        FetchRequest request,
        FetchRefusal refusal,
        string detail,
        IPAddress? address
    ) =>
        new()
        {
            Refusal = refusal,
            Field = request.Field,
            Detail = detail,
            Address = address,
        };
}

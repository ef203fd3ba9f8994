using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Http;

/// <summary>An endpoint's result: a body or a refusal. One place writes it to the wire.</summary>
internal readonly struct ApiAnswer
{
    private ApiAnswer(
        int status,
        ReadOnlyMemory<byte> body,
        string? contentType,
        Refusal? refusal,
        Func<Stream, CancellationToken, Task>? write = null,
        RentedBytes? rented = null
    )
    {
        Owned = rented;
        Write = write;
        Status = status;
        Body = body;
        ContentType = contentType;
        Refusal = refusal;
    }

    public int Status { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The rented array of <see cref="Body"/>, returned after it is written; null = not rented.</summary>
    public RentedBytes? Owned { get; }

    public string? ContentType { get; }

    public Refusal? Refusal { get; }

    /// <summary>Streams a body of unknown length; null = <see cref="Body"/> is complete.</summary>
    public Func<Stream, CancellationToken, Task>? Write { get; }

    /// <summary>204.</summary>
    public static ApiAnswer Empty => new(StatusCodes.Status204NoContent, default, null, null);

    public static ApiAnswer Nothing => new(StatusCodes.Status200OK, default, null, null);

    /// <summary>202 without a body.</summary>
    public static ApiAnswer Accepted => new(StatusCodes.Status202Accepted, default, null, null);

    public static ApiAnswer NotModified => new(StatusCodes.Status304NotModified, default, null, null);

    public static ApiAnswer Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json", null);

    /// <summary>201.</summary>
    public static ApiAnswer Created<T>(T value, JsonTypeInfo<T> type) =>
        Json(value, type, StatusCodes.Status201Created);

    /// <summary>Bytes in their final form (a cached key set, an OAuth error).</summary>
    public static ApiAnswer Raw(ReadOnlyMemory<byte> body, string contentType, int status = StatusCodes.Status200OK) =>
        new(status, body, contentType, null);

    /// <summary>200 with rented bytes, which are returned after they are written.</summary>
    public static ApiAnswer Rented(RentedBytes body, string contentType) =>
        new(StatusCodes.Status200OK, body.Memory, contentType, null, rented: body);

    /// <summary>A body that is streamed while it is produced.</summary>
    public static ApiAnswer Streamed(string contentType, Func<Stream, CancellationToken, Task> write) =>
        new(StatusCodes.Status200OK, default, contentType, null, write);

    public static implicit operator ApiAnswer(Refusal refusal) => new(refusal.Code.Status, default, null, refusal);
}

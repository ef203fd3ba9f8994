using System.IO.Pipelines;
using System.Net;
using Culvert.Platform.Events;

namespace Culvert.Platform.Mcp;

/// <summary>What a server sent for one message: a line of a program, or an HTTP response whose body is unread yet.</summary>
public sealed class McpAnswer : IDisposable
{
    private readonly HttpResponseMessage? response;
    private readonly int mostBytes;
    private readonly ReadOnlyMemory<byte> message;
    private AnswerBody? body;

    public McpAnswer(ReadOnlyMemory<byte> message) => this.message = message;

    public McpAnswer(HttpResponseMessage response, int mostBytes)
    {
        this.response = response;
        this.mostBytes = mostBytes;
    }

    /// <summary>Null: it did not come over HTTP.</summary>
    public HttpStatusCode? Status => response?.StatusCode;

    /// <summary>Whether the server requires a credential that the request does not have.</summary>
    public bool IsDenied => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

    public bool IsSuccess => response?.IsSuccessStatusCode ?? true;

    /// <inheritdoc cref="AnswerBody.IsTooLong"/>
    public bool IsTooLong => body?.IsTooLong ?? false;

    /// <inheritdoc cref="AnswerBody.IsUnfinished"/>
    public bool IsUnfinished => body?.IsUnfinished ?? false;

    public string? GetHeader(string name) =>
        response is not null && response.Headers.NonValidated.TryGetValues(name, out var values)
            ? values.ToString()
            : null;

    /// <summary>The first matching message of the body, in the body itself or in its events. Empty: there is none.</summary>
    public async Task<ReadOnlyMemory<byte>> FindAsync(
        Func<ReadOnlyMemory<byte>, bool> isWanted,
        CancellationToken cancellationToken
    )
    {
        if (response is null)
        {
            return isWanted(message) ? message : default;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        body = new AnswerBody(PipeReader.Create(stream), mostBytes);
        return await body.FindAsync(EventStream.IsIn(response), isWanted, cancellationToken);
    }

    public void Dispose() => response?.Dispose();
}

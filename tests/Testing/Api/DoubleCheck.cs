using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Testing.Api;

/// <summary>
/// Holds what a double of a service receives, and what it says, against the description of that service. Findings are collected,
/// since a server cannot fail a test: the test that ends the double calls <see cref="ThrowIfAny"/>.
/// </summary>
/// <param name="description">Of the service that the double is in place of.</param>
public sealed class DoubleCheck(ApiDescription description)
{
    // Where an API is: what a double answers elsewhere is that of another server that it plays too.
    private const string Root = "/v1/";

    private readonly ConcurrentQueue<string> findings = new();

    /// <summary>A double of the identity service.</summary>
    public static DoubleCheck OfTheService() => new(ApiDescription.OfTheService);

    /// <summary>Checks a request that the double received.</summary>
    public void Receive(string method, string path, string? mediaType, string body)
    {
        if (description.Knows(method, path) || path.StartsWith(Root, StringComparison.Ordinal))
        {
            Add($"{method} {path} was sent", description.FindInRequest(method, path, mediaType, body));
        }
    }

    /// <summary>Checks an answer that the double gives.</summary>
    public void Answer(string method, string path, int status, string? mediaType, string body)
    {
        if (description.Knows(method, path))
        {
            Add(
                $"{method} {path} was answered {status}",
                description.FindInDouble(method, path, status, mediaType, body)
            );
        }
    }

    /// <summary>Lets a handler answer, and checks what it wrote before that is sent.</summary>
    /// <param name="context">The request; its answer is JSON unless the handler says otherwise.</param>
    /// <param name="answer">The handler.</param>
    /// <param name="isForeign">Asked afterwards: whether another server, or a broken one, answers so.</param>
    public async Task AnswerAsync(HttpContext context, Func<Task> answer, Func<bool> isForeign)
    {
        var watch = new AbortWatch(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>());
        context.Features.Set<IHttpRequestLifetimeFeature>(watch);
        context.Response.ContentType = "application/json";
        var sent = context.Response.Body;
        using var written = new MemoryStream();
        context.Response.Body = written;
        try
        {
            await answer();
        }
        finally
        {
            context.Response.Body = sent;
        }

        if (watch.IsAborted)
        {
            return;
        }

        var body = written.ToArray();
        if (!isForeign())
        {
            Answer(
                context.Request.Method,
                context.Request.Path.Value ?? "",
                context.Response.StatusCode,
                context.Response.ContentType,
                Encoding.UTF8.GetString(body)
            );
        }

        if (body.Length > 0)
        {
            await sent.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <exception cref="InvalidOperationException">Something did not fit: the operation, the JSON pointer and the error.</exception>
    public void ThrowIfAny()
    {
        if (!findings.IsEmpty)
        {
            throw new InvalidOperationException(
                "A double and the description of its service differ:\n" + string.Join('\n', findings.Distinct())
            );
        }
    }

    private void Add(string what, IEnumerable<string> found)
    {
        foreach (var finding in found)
        {
            findings.Enqueue($"{what}: {finding}");
        }
    }
}
